"""Pages about reminders: what will go out, what went and why not, and how firm they are."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from outsourcing.accounts.models import Role
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_as, acts_on, form_methods
from outsourcing.notifications.ladders import brake, coming, effects, outgoing, planning, posting
from outsourcing.notifications.ladders.forms import PolicyForm, SnoozeForm
from outsourcing.notifications.ladders.policies import editable, effective
from outsourcing.notifications.ladders.rules import RUN, Rule, rule_of
from outsourcing.notifications.models import Ladder, Notice, Policy, Rung, Tally
from outsourcing.notifications.models.choices import Preset
from outsourcing.notifications.tasks import replan
from outsourcing.shared import clock

#: Who sets how firm reminders are.
SET = (Role.OWNER,)
A_PAGE = 50


@require_safe
@acts_as(*RUN)
def upcoming(request: UserRequest) -> HttpResponse:
    """What will go out in the next 14 days, and to whom; what is held back."""
    at = clock.now()
    storms = Tally.objects.visible_to(request.acting).held().order_by("tick")
    context = {
        "coming": coming.coming(request.acting, at),
        "at": at,
        "storms": [(one, brake.held_by(one).count()) for one in storms],
    }
    return render(request, "reminders/upcoming.html", context)


@require_safe
@acts_as(*RUN)
def log(request: UserRequest) -> HttpResponse:
    """What went, what did not, and why."""
    rows = Rung.objects.visible_to(request.acting).over().order_by("-done_at", "-pk")
    state = request.GET.get("state", "")
    rows = rows.filter(state=state) if state in Rung.State.values else rows.exclude(state=Rung.State.CANCELLED)
    page = Paginator(rows.prefetch_related(_told(request)), A_PAGE).get_page(request.GET.get("page"))
    states = [(value, label) for value, label in Rung.State.choices if value not in ("planned", "held")]
    return render(
        request, "reminders/log.html", {"page": page, "rungs": _labelled(page), "state": state, "states": states}
    )


@require_safe
@acts_on(Ladder, *RUN)
def ladder(request: UserRequest, ladder: Ladder) -> HttpResponse:
    """All reminders of one thing: what went, what comes, and what one can do about it."""
    return render(request, "reminders/ladder.html", _about(request, ladder))


def _about(request: UserRequest, ladder: Ladder, form: SnoozeForm | None = None) -> dict[str, Any]:
    at, rule = clock.now(), rule_of(ladder.rule)
    rows = (
        ladder.rungs.over().select_related("ladder", "by").prefetch_related(_told(request)).order_by("-epoch", "-step")
    )
    is_ours = ladder.ended_at is None and ladder.owed_by_id == request.acting.organisation_id
    may_snooze = rule is not None and rule.may_snooze and is_ours
    last = None if ladder.ended_at else ladder.rungs.filter(epoch=ladder.epoch).order_by("step").last()
    return {
        "ladder": ladder, "rule": rule, "rungs": _labelled(rows[:A_PAGE]), "coming": coming.of_ladder(ladder, at),
        "again": last.pk if last is not None and last.state == Rung.State.SKIPPED else None,
        "form": (form or SnoozeForm(today=clock.today(request.acting.zone))) if may_snooze else None,
    }  # fmt: skip


def _told(request: UserRequest) -> "Prefetch[Any]":
    """Whom a rung told, as far as that is one's own organisation's to know."""
    notices = Notice.objects.filter(organisation=request.acting.organisation_id)
    return Prefetch("notices", notices.select_related("membership__organisation", "mail").order_by("pk"))


def _labelled(rungs: Any) -> list[tuple[Rung, str]]:
    return [(one, coming.label_of(rule_of(one.ladder.rule), one.step)) for one in rungs]


# ---- What one can do about one ---------------------------------------------------------------------------------------
@require_POST
@acts_on(Rung, *RUN)
def hold(request: UserRequest, rung: Rung) -> HttpResponse:
    """Keep it back until somebody lets it go."""
    planning.hold(rung, by=request.acting)
    messages.success(request, _("Held: it does not go until you let it go."))
    return _back(request, rung)


@require_POST
@acts_on(Rung, *RUN)
def let_go(request: UserRequest, rung: Rung) -> HttpResponse:
    """Let a held one go."""
    planning.let_go(rung, at=clock.now())
    messages.success(request, _("It goes when it is due."))
    return _back(request, rung)


@require_POST
@acts_on(Rung, *RUN)
def send_now(request: UserRequest, rung: Rung) -> HttpResponse:
    """Send it at once; it counts like every other."""
    planning.send_now(rung, by=request.acting, at=clock.now())
    messages.success(request, _("It goes within a minute, in their working hours."))
    return _back(request, rung)


@require_POST
@acts_on(Rung, *RUN)
def try_again(request: UserRequest, rung: Rung) -> HttpResponse:
    """Send at once what could not be sent."""
    planning.try_again(rung, by=request.acting, at=clock.now())
    messages.success(request, _("It is tried once more within a minute."))
    return redirect("reminders:ladder", rung.ladder_id)


@require_POST
@acts_on(Ladder, *RUN)
def snooze(request: UserRequest, ladder: Ladder) -> HttpResponse:
    """Put off what one's own side owes."""
    form = SnoozeForm(request.POST, today=clock.today(request.acting.zone))
    if not form.is_valid():
        return render(request, "reminders/ladder.html", _about(request, ladder, form), status=422)
    planning.snooze(ladder, form.cleaned_data["until"], by=request.acting, at=clock.now())
    messages.success(request, _("Put off."))
    return redirect("reminders:ladder", ladder.pk)


@require_POST
@acts_as(*RUN)
def hold_mail(request: UserRequest, pk: int) -> HttpResponse:
    """Keep one that waits for its mail out of it."""
    outgoing.hold(get_object_or_404(outgoing.of_organisation(request.acting), pk=pk), by=request.acting)
    messages.success(request, _("Held: it does not go until you let it go."))
    return redirect("reminders:upcoming")


@require_POST
@acts_as(*RUN)
def let_mail_go(request: UserRequest, pk: int) -> HttpResponse:
    """Let one that is kept out of its mail go with the next."""
    outgoing.let_go(get_object_or_404(outgoing.of_organisation(request.acting), pk=pk))
    posting.post_leftovers(clock.now())
    messages.success(request, _("It goes with the next mail."))
    return redirect("reminders:upcoming")


def _back(request: UserRequest, rung: Rung) -> HttpResponse:
    if request.POST.get("next") == "today":
        return redirect("today")
    return (
        redirect("reminders:ladder", rung.ladder_id)
        if request.POST.get("next") == "ladder"
        else redirect("reminders:upcoming")
    )


@require_POST
@acts_on(Tally, *RUN)
def decide_storm(request: UserRequest, tally: Tally) -> HttpResponse:
    """Let go what the brake holds back, or drop it."""
    let_go = request.POST.get("decision") == "go"
    at = clock.now()
    count = brake.decide(tally, let_go=let_go, by=request.acting, at=at)
    posting.post_leftovers(at)
    words = _("%(count)s reminders go with the next mails.") if let_go else _("%(count)s reminders were dropped.")
    messages.success(request, words % {"count": count})
    return redirect("reminders:upcoming")


# ---- How firm --------------------------------------------------------------------------------------------------------
@require_safe
@acts_as(*SET)
def policies(request: UserRequest) -> HttpResponse:
    """How firm each kind of reminder is."""
    _of_merchants(request)
    chosen = {one.rule: one for one in Policy.objects.visible_to(request.acting)}
    rows = [(rule, chosen.get(rule.key), effective(rule, chosen.get(rule.key))) for rule in editable()]
    return render(request, "reminders/policies.html", {"title": _("Reminders"), "rows": rows})


@form_methods
@acts_as(*SET)
def policy(request: UserRequest, key: str) -> HttpResponse:
    """One kind: a preset or steps of one's own; what it would change is shown before it is saved."""
    _of_merchants(request)
    rule = _editable(key)
    chosen = Policy.objects.visible_to(request.acting).filter(rule=rule.key).first()
    shop = request.acting.organisation
    form = PolicyForm(request.POST or None, rule=rule, organisation=shop, policy=chosen)
    context: dict[str, Any] = {"title": rule.label, "rule": rule, "form": form, "presets": Preset.choices}
    status = 200
    if request.method == "POST":
        if not form.is_valid():
            status = 422
        elif "confirm" in request.POST:
            left = effects.save(form.policy(), at=clock.now())
            if left:
                replan.delay_on_commit(shop.pk, rule.key)
            messages.success(request, _("Saved: from now on it goes like this."))
            return redirect("reminders:policies")
        else:
            context["effects"] = effects.effects(shop, rule, form.delays(), clock.now())
            context["is_preview"] = True
    return render(request, "reminders/policy.html", context, status=status)


def _of_merchants(request: UserRequest) -> None:
    if not request.acting.organisation.is_merchant:
        raise Http404


def _editable(key: str) -> Rule:
    rule = rule_of(key)
    if rule is None or not rule.is_editable:
        raise Http404
    return rule
