"""Addresses of briefs and shortlists. `/briefs/<pk>/` itself is the comparison; a brief's text is below it."""

from django.urls import path

from vendors.sourcing.answering import portal
from vendors.sourcing.answering import views as answering
from vendors.sourcing.briefs import views as briefs
from vendors.sourcing.candidates import views as candidates
from vendors.sourcing.comparing import views as comparing
from vendors.sourcing.deciding import views as deciding
from vendors.sourcing.measured import views as measured
from vendors.sourcing.pipeline import views as pipeline
from vendors.sourcing.scores import views as scores

app_name = "sourcing"
urlpatterns = [
    # ---- Briefs ----
    path("briefs/", pipeline.briefs, name="briefs"),
    path("briefs/new/", briefs.choose, name="choose"),
    path("briefs/new/<slug:task>/", briefs.start, name="start"),
    path("briefs/put-on/", candidates.put_on, name="put_on"),
    path("briefs/<int:pk>/brief/", briefs.brief, name="brief"),
    path("briefs/<int:pk>/history/", briefs.history, name="history"),
    path("briefs/<int:pk>/edit/", briefs.edit, name="edit"),
    path("briefs/<int:pk>/clone/", briefs.clone, name="clone"),
    path("briefs/<int:pk>/must-haves/add/", briefs.add_gate, name="add_gate"),
    path("briefs/<int:pk>/criteria/add/", briefs.add_criterion, name="add_criterion"),
    path("briefs/<int:pk>/asks/add/", briefs.add_question, name="add_question"),
    path("briefs/<int:pk>/files/add/", briefs.attach, name="attach"),
    path("briefs/<int:pk>/weights/", briefs.weights, name="weights"),
    path("briefs/<int:pk>/evaluators/", briefs.name_evaluators, name="evaluators"),
    path("briefs/<int:pk>/invite/", briefs.publish, name="publish"),
    path("briefs/<int:pk>/compare-alone/", briefs.compare_alone, name="compare_alone"),
    path("briefs/<int:pk>/extend/", briefs.extend, name="extend"),
    path("briefs/<int:pk>/open/", briefs.open_answers, name="open_answers"),
    path("briefs/<int:pk>/ask-again/", briefs.ask_again, name="ask_again"),
    path("briefs/<int:pk>/cancel/", briefs.cancel, name="cancel"),
    path("must-haves/<int:pk>/edit/", briefs.edit_gate, name="edit_gate"),
    path("must-haves/<int:pk>/remove/", briefs.remove_gate, name="remove_gate"),
    path("criteria/<int:pk>/edit/", briefs.edit_criterion, name="edit_criterion"),
    path("criteria/<int:pk>/remove/", briefs.remove_criterion, name="remove_criterion"),
    path("asks/<int:pk>/edit/", briefs.edit_question, name="edit_question"),
    path("asks/<int:pk>/remove/", briefs.remove_question, name="remove_question"),
    path("brief-files/<int:pk>/", briefs.file, name="file"),
    path("brief-files/<int:pk>/remove/", briefs.remove_file, name="remove_file"),
    # ---- Candidates ----
    path("briefs/<int:pk>/candidates/", candidates.candidates, name="candidates"),
    path("briefs/<int:pk>/candidates/add/", candidates.add, name="add"),
    path("candidates/<int:pk>/", candidates.candidate, name="candidate"),
    path("candidates/<int:pk>/invite/", candidates.invite, name="invite"),
    path("candidates/<int:pk>/remove/", candidates.remove, name="remove"),
    path("candidates/<int:pk>/shortlist/", candidates.shortlist, name="shortlist"),
    path("candidates/<int:pk>/unshortlist/", candidates.unshortlist, name="unshortlist"),
    path("candidates/<int:pk>/withdrawn/", candidates.withdrawn, name="withdrawn"),
    path("candidates/<int:pk>/must-haves/<int:gate>/", candidates.rule, name="rule"),
    path("candidates/<int:pk>/enter/", candidates.enter, name="enter"),
    path("candidates/<int:pk>/late/", candidates.decide_late, name="decide_late"),
    path("answers/<int:pk>/rate/", candidates.rate, name="rate"),
    path("answer-files/<int:pk>/", candidates.answer_file, name="answer_file"),
    # ---- Questions before answering ----
    path("briefs/<int:pk>/questions/", answering.questions, name="questions"),
    path("questions/<int:pk>/answer/", answering.reply, name="reply"),
    # ---- The vendor's side ----
    path("portal/briefs/", portal.invitations, name="invitations"),
    path("portal/briefs/<int:pk>/", portal.answer, name="answer"),
    path("portal/briefs/<int:pk>/draft/", portal.save_draft, name="save_draft"),
    path("portal/briefs/<int:pk>/submit/", portal.submit, name="submit"),
    path("portal/briefs/<int:pk>/take-back/", portal.take_back, name="take_back"),
    path("portal/briefs/<int:pk>/decline/", portal.decline, name="decline"),
    path("portal/briefs/<int:pk>/take-part/", portal.undo_decline, name="undo_decline"),
    path("portal/briefs/<int:pk>/withdraw/", portal.withdraw, name="withdraw"),
    path("portal/briefs/<int:pk>/ask/", portal.ask, name="ask"),
    path("portal/briefs/<int:pk>/files/add/", portal.add_file, name="add_file"),
    path("portal/briefs/<int:pk>/files/<int:file>/", portal.brief_file, name="brief_file"),
    path("portal/answers/<int:pk>/object/", portal.object_to, name="object_to"),
    path("portal/answer-files/<int:pk>/", portal.own_file, name="own_file"),
    path("portal/answer-files/<int:pk>/remove/", portal.remove_own_file, name="remove_own_file"),
    # ---- Comparing ----
    path("briefs/<int:pk>/", comparing.comparison, name="comparison"),
    path("briefs/<int:pk>/comparison.csv", comparing.comparison_csv, name="comparison_csv"),
    path("briefs/<int:pk>/comparison.xlsx", comparing.comparison_xlsx, name="comparison_xlsx"),
    # ---- Scoring ----
    path("briefs/<int:pk>/scores/", scores.scores, name="scores"),
    path("briefs/<int:pk>/scores/conflict/", scores.state_conflict, name="state_conflict"),
    path("briefs/<int:pk>/scores/save/", scores.save, name="save_scores"),
    path("briefs/<int:pk>/scores/submit/", scores.submit, name="submit_scores"),
    path("evaluators/<int:pk>/reopen/", scores.reopen, name="reopen_scores"),
    path("evaluators/<int:pk>/recuse/", scores.recuse, name="recuse"),
    path("candidates/<int:pk>/criteria/<int:criterion>/", scores.cell, name="cell"),
    path("candidates/<int:pk>/criteria/<int:criterion>/score/", scores.score, name="score"),
    path("candidates/<int:pk>/criteria/<int:criterion>/settle/", scores.settle, name="settle"),
    path("candidates/<int:pk>/criteria/<int:criterion>/unsettle/", scores.unsettle, name="unsettle"),
    path("candidates/<int:pk>/criteria/<int:criterion>/leave-out/", scores.leave_out, name="leave_out"),
    path("candidates/<int:pk>/criteria/<int:criterion>/take-in/", scores.take_in, name="take_in"),
    # ---- Deciding ----
    path("briefs/<int:pk>/decide/", deciding.decide, name="decide"),
    path("decisions/<int:pk>/", deciding.decision, name="decision"),
    path("decisions/<int:pk>/correct/", deciding.correct, name="correct"),
    path("decisions/<int:pk>/reopen/", deciding.reopen, name="reopen_decision"),
    path("decisions/<int:pk>/contract/", deciding.draft_contract, name="draft_contract"),
    path("decisions/<int:pk>/tell/", deciding.tell, name="tell"),
    path("portal/results/<int:pk>/", deciding.result, name="result"),
    # ---- Measuring ----
    path("briefs/<int:pk>/measure/", measured.measure, name="measure"),
]
