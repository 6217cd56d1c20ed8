"""A vendor answers a brief: drafts, submits, replaces and takes back, declines; late, it is lodged and decided (M11).

Every act holds the brief's row first, so that a deadline, a withdrawal and an answer come one after the other. What a
sealed answer says is nowhere outside its own rows, and its candidate stays at "invited": the merchant learns a count.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outsourcing.accounts.models import Membership
from outsourcing.conversations.posting import Receipt
from vendors.sourcing import log
from vendors.sourcing.answering.said import Said
from vendors.sourcing.candidates import mails
from vendors.sourcing.errors import NoLongerOpen, NotInThisState, NotYours, Overtaken
from vendors.sourcing.holding import held, move, see_that_it_is, see_that_they_chair, touch
from vendors.sourcing.models import (
    Answer,
    AnswerDraft,
    AnswerFile,
    AnswerFileUse,
    Brief,
    BriefState,
    Candidate,
    Gate,
    GateAnswer,
    Question,
    QuestionAnswer,
    Stage,
)
from vendors.sourcing.naming import see_that_nobody_is_named

State = BriefState
#: A vendor in one of these may answer, or answer anew.
ANSWERING = (Stage.INVITED, Stage.ANSWERED, Stage.SHORTLISTED)


def mine(candidate: Candidate, by: Membership) -> Candidate:
    """The candidate, held, for its own people. Raises NotYours, and NoLongerOpen for one that has left it."""
    candidate = held(candidate)
    if by.organisation_id != candidate.vendor_id or candidate.invited_at is None:
        raise NotYours(_("Another vendor answers here."))
    return candidate


def see_that_it_answers(candidate: Candidate) -> None:
    """Raises NoLongerOpen for whoever has declined or withdrawn."""
    if candidate.stage not in ANSWERING:
        raise NoLongerOpen(_("You have declined or withdrawn: take that back first."))


# ---- Drafts --------------------------------------------------------------------------------------------------------
@transaction.atomic
def save_draft(
    candidate: Candidate, said: Said, *, by: Membership, at: datetime, seen: int | None = None
) -> AnswerDraft:
    """Keep what is typed, for the vendor's own eyes; `seen` is the version of the draft that the page was made of, 0
    where there was none, and None asks for none.

    Raises NoLongerOpen, Overtaken, NotYours.
    """
    candidate = mine(candidate, by)
    if not is_untold(candidate):
        see_that_it_is_not_over(candidate.brief)
        see_that_it_answers(candidate)
    draft, is_new = AnswerDraft.objects.select_for_update().get_or_create(
        candidate=candidate, defaults={"content": said.as_json(), "saved_by": by, "saved_at": at}
    )
    if is_new:
        return draft
    see_that_it_is_the_draft(draft, said, seen)
    rows = AnswerDraft.objects.filter(pk=draft.pk)
    rows.update(content=said.as_json(), saved_by=by, saved_at=at, version=F("version") + 1)
    draft.refresh_from_db()
    return draft


def see_that_it_is_the_draft(draft: AnswerDraft, said: Said, seen: int | None) -> None:
    """Raises Overtaken where somebody has saved other words than the page showed."""
    if seen is not None and seen != draft.version and draft.content != said.as_json():
        words = _(
            "%(who)s saved this draft meanwhile: your words are below, theirs are on the page when you reload it."
        )
        raise Overtaken(words % {"who": draft.saved_by.label})


def is_untold(candidate: Candidate) -> bool:
    """Whether it was decided, and this vendor has not heard so: its page looks as before, since a form that is gone
    would tell it. One query at most."""
    if candidate.brief.state != State.DECIDED or candidate.stage not in (Stage.CHOSEN, Stage.NOT_CHOSEN):
        return False
    return not candidate.told.exists()


def see_that_it_is_not_over(brief: Brief) -> None:
    """Raises NoLongerOpen for a brief that is decided or cancelled."""
    if brief.is_over:
        raise NoLongerOpen(_("This brief is over: nothing more is taken."))


# ---- Submitting ----------------------------------------------------------------------------------------------------
@transaction.atomic
def submit(candidate: Candidate, said: Said, *, by: Membership, at: datetime, seen: int | None = None) -> Answer:
    """Hand the answer in; a new one replaces the last, which is kept. After the deadline it is lodged as late, sealed.
    `seen` is as in `save_draft`.

    Raises NoLongerOpen, NotInThisState for an empty one or one that leaves out what must be answered, NotYours,
    Overtaken where a colleague has saved, or sent, something else meanwhile.
    """
    candidate = mine(candidate, by)
    brief = candidate.brief
    see_that_it_is_not_over(brief)
    see_that_it_answers(candidate)
    see_that_it_is_whole(brief, said)
    see_that_no_colleague_was_quicker(candidate, said, by, seen)
    is_late = brief.state_at(at) != State.OPEN
    state = Answer.State.LATE if is_late else Answer.State.LIVE
    candidate.answers.filter(state=state).update(state=Answer.State.REPLACED, ended_at=at)
    opened_at = None if is_late or brief.is_sealed else at
    answer = _write(candidate, said, by=by, at=at, state=state, is_late=is_late, opened_at=opened_at)
    AnswerDraft.objects.filter(candidate=candidate).delete()
    _tell_of(answer, candidate, by, at)
    return answer


def see_that_no_colleague_was_quicker(candidate: Candidate, said: Said, by: Membership, seen: int | None) -> None:
    """Raises Overtaken where the draft is not the one that the page was made of, or where that one has been sent."""
    draft = AnswerDraft.objects.filter(candidate=candidate).select_related("saved_by").first()
    if draft is not None:
        see_that_it_is_the_draft(draft, said, seen)
    elif seen:
        last = candidate.answers.filter(recorded_by=None).select_related("submitted_by").order_by("-number").first()
        if last is not None and last.submitted_by is not None and last.submitted_by_id != by.pk:
            words = _(
                "%(who)s sent an answer meanwhile: your words are below, that one is on the page when you reload it."
            )
            raise Overtaken(words % {"who": last.submitted_by.label})


def _tell_of(answer: Answer, candidate: Candidate, by: Membership, at: datetime) -> None:
    """The line of the history, the stage, and a mail; of a sealed one nothing but that one came."""
    brief = candidate.brief
    page = reverse("sourcing:candidates", args=[brief.pk])
    if answer.is_late:
        log.note(brief, "answer-late", by=None, at=at, candidate=candidate)
        mails.tell_merchant(
            brief, title=_("A late answer: %(brief)s") % {"brief": brief.title}, path=page,
            words=_("%(vendor)s answered after the deadline. Accept or refuse it unread, before you open the others.")
            % {"vendor": candidate.vendor}, occurrence=f"brief-answer:{answer.pk}",
        )  # fmt: skip
    elif brief.is_sealed:
        log.note(brief, "answer-sealed", by=None, at=at)
    else:
        if candidate.stage == Stage.INVITED:
            move(candidate, Stage.ANSWERED)
        log.note(brief, "answered", by=None, at=at, candidate=candidate)
        mails.tell_merchant(
            brief, title=_("%(vendor)s answered: %(brief)s") % {"vendor": candidate.vendor, "brief": brief.title},
            words=_("%(vendor)s answered your brief.") % {"vendor": candidate.vendor}, path=page,
            occurrence=f"brief-answer:{answer.pk}",
        )  # fmt: skip


def see_that_it_is_whole(brief: Brief, said: Said) -> None:
    """Raises NotInThisState, naming what is left out."""
    if said.is_empty:
        raise NotInThisState(_("There is nothing in this answer yet."))
    left_out = [
        one.text
        for one in brief.questions.filter(removed_at=None, is_required=True)
        if not said.questions.get(one.pk, "").strip()
    ]
    left_out += [
        one.text for one in brief.gates.filter(removed_at=None) if said.gates.get(one.pk, (None, ""))[0] is None
    ]
    if left_out:
        words = ngettext("This is not answered yet: %(what)s", "These are not answered yet: %(what)s", len(left_out))
        raise NotInThisState(words % {"what": "; ".join(left_out)})


def _write(
    candidate: Candidate, said: Said, *, by: Membership | None, at: datetime, state: str, is_late: bool = False,
    opened_at: datetime | None, **more: object,
) -> Answer:  # fmt: skip
    """One revision with its parts; parts of other briefs, and files of other candidates, are left out."""
    last = candidate.answers.order_by("-number").values_list("number", flat=True).first()
    answer = Answer.objects.create(
        candidate=candidate, number=(last or 0) + 1, brief_version=candidate.brief.versions.last(), state=state,
        is_late=is_late, submitted_by=by, submitted_at=at, opened_at=opened_at, price_month=said.price_month,
        price_order=said.price_order, currency=said.currency, assumptions=said.assumptions, message=said.message,
        **more,
    )  # fmt: skip
    gates = set(Gate.objects.filter(brief=candidate.brief_id, pk__in=said.gates).values_list("pk", flat=True))
    GateAnswer.objects.bulk_create(
        GateAnswer(answer=answer, gate_id=key, says_yes=yes, text=text)
        for key, (yes, text) in said.gates.items()
        if key in gates
    )
    asked = set(Question.objects.filter(brief=candidate.brief_id, pk__in=said.questions).values_list("pk", flat=True))
    QuestionAnswer.objects.bulk_create(
        QuestionAnswer(answer=answer, question_id=key, text=text)
        for key, text in said.questions.items()
        if key in asked and text.strip()
    )
    files = AnswerFile.objects.filter(candidate=candidate, pk__in=said.files, removed_at=None)
    AnswerFileUse.objects.bulk_create(AnswerFileUse(answer=answer, file=one) for one in files)
    return answer


@transaction.atomic
def take_back(candidate: Candidate, *, by: Membership, at: datetime) -> None:
    """Take the live answer back, while answers are taken; a new one may follow (M10). Raises NoLongerOpen."""
    candidate = mine(candidate, by)
    if candidate.brief.state_at(at) != State.OPEN:
        raise NoLongerOpen(_("The deadline has passed: what was answered stands. You can still withdraw altogether."))
    if not candidate.answers.live().update(state=Answer.State.WITHDRAWN, ended_at=at):
        raise NotInThisState(_("There is no answer to take back."))
    if candidate.brief.is_sealed:
        return  # its stage is put right when the others are opened
    if candidate.stage in (Stage.ANSWERED, Stage.SHORTLISTED):
        move(candidate, Stage.INVITED)
    log.note(candidate.brief, "answer-withdrawn", by=None, at=at, candidate=candidate)


# ---- Late ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def accept_late(answer: Answer, *, reason: str, by: Membership, at: datetime) -> None:
    """Let a late answer count, before the first is opened; its mark stays and all who were invited hear of it (M11).

    Raises NotInThisState, NotTheChair.
    """
    candidate, answer = _late(answer, by)
    brief = candidate.brief
    if brief.opened_at is not None:
        raise NotInThisState(_("The others are opened: a late answer can only be refused, or everybody asked again."))
    see_that_it_is(brief, at, State.CLOSED)
    candidate.answers.live().update(state=Answer.State.REPLACED, ended_at=at)
    opened = None if brief.is_sealed else at
    Answer.objects.filter(pk=answer.pk).update(
        state=Answer.State.LIVE, opened_at=opened, decided_by=by, decided_at=at, decision_reason=reason
    )
    if not brief.is_sealed and candidate.stage == Stage.INVITED:
        move(candidate, Stage.ANSWERED)
    touch(brief)
    log.note(brief, "late-accepted", by=by, at=at, candidate=candidate, reason=reason)
    mails.tell_of_late(brief, candidate)


@transaction.atomic
def refuse_late(answer: Answer, *, reason: str, by: Membership, at: datetime) -> None:
    """Refuse it unread. Raises NotInThisState, NotTheChair, NamesAnother."""
    candidate, answer = _late(answer, by)
    see_that_nobody_is_named(candidate.brief, {candidate.pk: reason})
    Answer.objects.filter(pk=answer.pk).update(
        state=Answer.State.REFUSED, decided_by=by, decided_at=at, decision_reason=reason, ended_at=at
    )
    brief = candidate.brief
    log.note(brief, "late-refused", by=by, at=at, candidate=candidate, reason=reason)
    mails.post(
        brief, mails.people_of(candidate), title=_("Not accepted: %(brief)s") % {"brief": brief.title},
        words=_("%(merchant)s does not take your answer, which came after the deadline. It was not read.")
        % {"merchant": brief.merchant}, quote=reason, action=_("Look"), candidate=candidate,
        path=reverse("sourcing:answer", args=[candidate.pk]), occurrence=f"brief-late-refused:{answer.pk}",
    )  # fmt: skip


def _late(answer: Answer, by: Membership) -> tuple[Candidate, Answer]:
    candidate = held(answer.candidate)
    see_that_they_chair(candidate.brief, by)
    now = Answer.objects.get(pk=answer.pk)
    if now.state != Answer.State.LATE:
        raise NotInThisState(_("This answer was decided already."))
    return candidate, now


# ---- Declining -----------------------------------------------------------------------------------------------------
@transaction.atomic
def decline(candidate: Candidate, *, kind: str, text: str, by: Membership, at: datetime) -> None:
    """Say that there will be no answer, and why; to be taken back while answers are taken (M9). Raises
    NoLongerOpen."""
    candidate = mine(candidate, by)
    see_that_it_answers(candidate)
    brief = candidate.brief
    if brief.state_at(at) != State.OPEN:
        raise NoLongerOpen(_("The deadline has passed: withdraw instead."))
    candidate.answers.live().update(state=Answer.State.WITHDRAWN, ended_at=at)
    move(candidate, Stage.DECLINED, declined_at=at, declined_by=by, decline_kind=kind, decline_text=text)
    reason = f"{candidate.get_decline_kind_display()}. {text}".strip()
    log.note(brief, "declined", by=None, at=at, candidate=candidate, reason=reason)
    mails.tell_merchant(
        brief, title=_("%(vendor)s declined: %(brief)s") % {"vendor": candidate.vendor, "brief": brief.title},
        words=_("%(vendor)s will not answer your brief.") % {"vendor": candidate.vendor}, quote=reason,
        path=reverse("sourcing:candidates", args=[brief.pk]),
        occurrence=f"brief-declined:{candidate.pk}:{at.timestamp():.0f}",
    )  # fmt: skip


@transaction.atomic
def undo_decline(candidate: Candidate, *, by: Membership, at: datetime) -> None:
    """Take part after all, while answers are taken. Raises NoLongerOpen, NotInThisState."""
    candidate = mine(candidate, by)
    if candidate.brief.state_at(at) != State.OPEN:
        raise NoLongerOpen(_("The deadline has passed."))
    if candidate.stage != Stage.DECLINED:
        raise NotInThisState(_("You have not declined."))
    move(candidate, Stage.INVITED, declined_at=None, declined_by=None, decline_kind="", decline_text="")
    log.note(candidate.brief, "decline-undone", by=None, at=at, candidate=candidate)


# ---- Entered by the merchant ---------------------------------------------------------------------------------------
@transaction.atomic
def enter(candidate: Candidate, said: Said, *, by: Membership, at: datetime, receipt: Receipt | None = None) -> Answer:
    """Write down what a vendor answered elsewhere (`receipt` says how and when it came), or, on a private brief, what
    is known of it; marked so, and it never takes the place of the vendor's own answer.

    Raises NotInThisState, also on a sealed brief before its answers are opened.
    """
    candidate = held(candidate)
    brief = candidate.brief
    if by.organisation_id != brief.merchant_id:
        raise NotYours(_("Another merchant's brief."))
    see_that_it_is_not_over(brief)
    if brief.state == State.DRAFT and not brief.is_private:
        raise NotInThisState(_("Nobody is asked yet: invite vendors first."))
    if brief.is_dark:
        raise NotInThisState(_("This brief is sealed: nothing is entered before the answers are opened."))
    if not brief.is_private and receipt is None:
        raise NotInThisState(_("Say how and when it reached you."))
    if said.is_empty:
        raise NotInThisState(_("There is nothing in this answer yet."))
    own = candidate.answers.live().filter(is_ours=False, recorded_by=None)
    if own.exists() or candidate.stage in (Stage.WITHDRAWN, Stage.DECLINED):
        words = _("%(vendor)s has answered itself, or has left: nothing is entered in its place.")
        raise NotInThisState(words % {"vendor": candidate.vendor})
    candidate.answers.live().update(state=Answer.State.REPLACED, ended_at=at)
    more: dict[str, object] = {"is_ours": True, "submitted_by": by}
    if receipt is not None:
        more = {"recorded_by": by, "channel": receipt.channel, "received_at": receipt.received_at}
    author = more.pop("submitted_by", None)
    answer = _write(candidate, said, by=author, at=at, state=Answer.State.LIVE, opened_at=at, **more)  # type: ignore[arg-type]
    if candidate.stage in (Stage.CONSIDERING, Stage.INVITED):
        move(candidate, Stage.ANSWERED)
    touch(brief)
    log.note(brief, "answer-recorded", by=by, at=at, candidate=candidate)
    return answer


@transaction.atomic
def object_to(answer: Answer, text: str, *, by: Membership, at: datetime) -> None:
    """Say as the vendor that what was recorded for it is not so, once: it counts no longer. Raises NotInThisState."""
    candidate = mine(answer.candidate, by)
    rows = Answer.objects.filter(pk=answer.pk, candidate=candidate, objected_at=None, recorded_by__isnull=False)
    if not rows.update(objected_at=at, objected_by=by, objection=text):
        raise NotInThisState(_("This was not recorded for you, or you have objected to it already."))
    ended = Answer.objects.filter(pk=answer.pk).live().update(state=Answer.State.WITHDRAWN, ended_at=at)
    moves = not (candidate.brief.is_over or candidate.brief.is_dark)
    if ended and moves and candidate.stage in (Stage.ANSWERED, Stage.SHORTLISTED):
        move(candidate, Stage.INVITED)
    touch(candidate.brief)
    log.note(candidate.brief, "objected", by=None, at=at, candidate=candidate, reason=text)
