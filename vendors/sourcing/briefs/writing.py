"""Writing a brief: from a template, from another brief, and piece by piece; after publishing each change is a version.

Until vendors are asked everything may be changed by owner and buyer. While answers are open the same, and vendors read
what changed. Once they are closed only the chair changes weights, with a reason, and it is logged (M22 freezes the
version that the choice rested on).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from outsourcing.files import storage
from outsourcing.files.kinds import DOCUMENTS
from vendors.sourcing import log
from vendors.sourcing.briefs import versions
from vendors.sourcing.briefs.builtin import Template, templates
from vendors.sourcing.candidates import mails
from vendors.sourcing.errors import NotInThisState, NotReady, TooMany
from vendors.sourcing.holding import hold, see_that_it_is, see_that_nothing_changed, see_that_they_chair, touch
from vendors.sourcing.models import (
    STEPS,
    Assignment,
    Brief,
    BriefFile,
    BriefState,
    Criterion,
    CriterionStep,
    Evaluator,
    Gate,
    Measurement,
    Question,
)
from vendors.sourcing.reminders.following import follow

#: A brief holds so many of each; more would be read by nobody.
MOST_PARTS = 40
#: What the same person begins again within so long is the same click.
TWICE = timedelta(minutes=1)
WRITABLE = (BriefState.DRAFT, BriefState.OPEN)
#: These are fixed once vendors are asked: what was answered is in them.
FIXED = ("currency", "is_sealed", "is_private", "time_zone")


def sent_before(by: Membership, at: datetime, **alike: Any) -> Brief | None:
    """The draft that the same click has begun already: the same of the same person within a minute."""
    Membership.objects.select_for_update().get(pk=by.pk)
    rows = Brief.objects.filter(created_by=by, state=BriefState.DRAFT, created_at__gt=at - TWICE, **alike)
    return rows.order_by("created_at").first()


@transaction.atomic
def start(task: str, fields: Mapping[str, Any], *, by: Membership, at: datetime) -> Brief:
    """Begin a brief with the must-haves, criteria and questions of the task's template."""
    own = by.organisation
    values = {"currency": own.currency, "time_zone": own.time_zone, **fields}
    if twice := sent_before(by, at, task=task, title=values.get("title", "")):
        return twice
    brief = Brief.objects.create(merchant=own, task=task, created_by=by, created_at=at, **values)
    _fill(brief, templates()[task])
    log.note(brief, "started", by=by, at=at)
    return brief


def _fill(brief: Brief, template: Template) -> None:
    Gate.objects.bulk_create(
        Gate(brief=brief, position=number, text=text, about=about)
        for number, (text, about) in enumerate(template.gates)
    )
    Question.objects.bulk_create(
        Question(brief=brief, position=number, text=text) for number, text in enumerate(template.questions)
    )
    made = Criterion.objects.bulk_create(
        Criterion(
            brief=brief, position=number, name=one.name, about=one.about, weight=one.weight, source=one.source,
            price_basis=one.basis, needs_reason=one.needs_reason,
        )
        for number, one in enumerate(template.criteria)
    )  # fmt: skip
    CriterionStep.objects.bulk_create(
        CriterionStep(criterion=row, step=step, text=one.steps[step], bound=one.bound(step))
        for row, one in zip(made, template.criteria, strict=True)
        for step in STEPS
    )


#: What a clone takes over; dates, states and answers it does not.
CLONED = (
    "task", "title", "summary", "scope", "is_private", "is_sealed", "time_zone", "currency", "budget",
    "budget_is_shown", "orders_base", "orders_low", "orders_peak", "volumes",
)  # fmt: skip


@transaction.atomic
def clone(source: Brief, *, by: Membership, at: datetime) -> Brief:
    """Begin a brief like another of one's own: its text, must-haves, criteria and evaluators, without vendors."""
    if twice := sent_before(by, at, cloned_from=source):
        return twice
    brief = Brief.objects.create(
        merchant=source.merchant, created_by=by, created_at=at, cloned_from=source,
        **{name: getattr(source, name) for name in CLONED},
    )  # fmt: skip
    for one in source.gates.filter(removed_at=None):
        Gate.objects.create(brief=brief, position=one.position, text=one.text, about=one.about)
    for asked in source.questions.filter(removed_at=None):
        Question.objects.create(brief=brief, position=asked.position, text=asked.text, is_required=asked.is_required)
    new: dict[int, Criterion] = {}
    same = ("position", "name", "about", "weight", "source", "minimum", "needs_reason", "needs_evidence",
            "price_basis", "price_is_relative", "target", "walk_away")  # fmt: skip
    for criterion in source.criteria.filter(removed_at=None).prefetch_related("steps"):
        made = Criterion.objects.create(brief=brief, **{name: getattr(criterion, name) for name in same})
        new[criterion.pk] = made
        CriterionStep.objects.bulk_create(
            CriterionStep(criterion=made, step=step.step, text=step.text, bound=step.bound)
            for step in criterion.steps.all()
        )
    for evaluator in source.evaluators.current().filter(member__left_at=None).prefetch_related("assignments"):
        named = Evaluator.objects.create(brief=brief, member_id=evaluator.member_id, named_by=by, named_at=at)
        keys = [one.criterion_id for one in evaluator.assignments.all() if one.criterion_id in new]
        Assignment.objects.bulk_create(Assignment(evaluator=named, criterion=new[key]) for key in keys)
    log.note(brief, "cloned", by=by, at=at, source=source.title)
    return brief


@transaction.atomic
def change(
    brief: Brief,
    act: Callable[[Brief], Any],
    *,
    by: Membership,
    at: datetime,
    seen: int | None = None,
    note: str = "",
    states: tuple[BriefState, ...] = WRITABLE,
) -> Brief:
    """Hold the brief, do `act` to it, and keep what vendors read as the next version where it is another.

    Raises NotInThisState, Overtaken, and what `act` raises.
    """
    brief = hold(brief)
    see_that_it_is(brief, at, *states)
    see_that_nothing_changed(brief, seen)
    decide_by = brief.decide_by
    act(brief)
    touch(brief)
    if brief.decide_by != decide_by:
        follow(brief, at=at)
    if brief.published_at is not None:
        brief.refresh_from_db()
        made = versions.freeze(brief, by=by, at=at, note=note)
        if made is not None:
            log.note(brief, "changed", by=by, at=at, what=" ".join(made.changes)[:2000])
            if brief.state == BriefState.OPEN:
                mails.tell_of_change(brief, made)
    return brief


def change_text(
    brief: Brief, fields: Mapping[str, Any], *, by: Membership, at: datetime, seen: int | None = None, note: str = ""
) -> Brief:
    """Change what stands at the head of a brief. Raises NotInThisState, also for what is fixed once vendors are
    asked; the deadline then only moves by `publishing.extend`."""

    def act(held: Brief) -> None:
        if held.published_at is not None:
            fixed = [name for name in (*FIXED, "deadline_at") if name in fields and getattr(held, name) != fields[name]]
            if fixed:
                raise NotInThisState(
                    _("Vendors are asked already: currency, zone, seal and deadline stay as they are.")
                )
        for name, value in fields.items():
            setattr(held, name, value)
        held.save(update_fields=[*fields])

    return change(brief, act, by=by, at=at, seen=seen, note=note)


#: What the points of a criterion are worked out from, besides the figure of each step: fixed once vendors are asked,
#: since nobody is to move it with the prices before their eyes (M20).
YARDSTICK = ("source", "minimum", "price_basis", "price_is_relative", "target", "walk_away")


def no_yardstick(criterion: Criterion) -> str:
    words = _("“%(criterion)s”: say which price gets 5 points and which gets 0, or compare it with the cheapest.")
    return words % {"criterion": criterion}


def see_that_the_yardstick_stays(part: Criterion, bounds: Sequence[Any]) -> None:
    """Of a criterion of a brief that is out. Raises NotInThisState where its points would be worked out otherwise, and
    NotReady for a new one whose price would get none."""
    if part._state.adding:
        if part.weight and part.lacks_yardstick:
            raise NotReady(no_yardstick(part))
        return
    before = Criterion.objects.get(pk=part.pk)
    there = dict(before.steps.values_list("step", "bound"))
    moved = any(getattr(before, name) != getattr(part, name) for name in YARDSTICK)
    if moved or any(there.get(step) != bound for step, bound in enumerate(bounds)):
        raise NotInThisState(
            _("Vendors are asked already: what the points of a criterion are worked out from stays as it is.")
        )


def save_part(
    part: Gate | Question | Criterion, *, by: Membership, at: datetime, steps: Any = None, seen: int | None = None
) -> None:
    """Save a must-have, question or criterion that is new or changed; `steps` are (text, bound) for 0 to 5.

    Raises NotInThisState, NotReady, TooMany, Overtaken.
    """

    def act(held: Brief) -> None:
        kind = type(part)
        part.brief = held
        if part._state.adding:
            rows = kind._default_manager.filter(brief=held)
            if rows.filter(removed_at=None).count() >= MOST_PARTS:
                raise TooMany(_("A brief holds %(most)s of them at most.") % {"most": MOST_PARTS})
            part.position = (rows.aggregate(last=Max("position"))["last"] or 0) + 1
        if isinstance(part, Criterion):
            if held.published_at is not None:
                see_that_the_yardstick_stays(part, [bound for _text, bound in steps or ()])
            Measurement.objects.filter(criterion=part.pk).exclude(criterion__source=part.source).delete()
        part.save()
        if isinstance(part, Criterion) and steps is not None:
            CriterionStep.objects.bulk_create(
                [CriterionStep(criterion=part, step=step, text=text, bound=bound)
                 for step, (text, bound) in enumerate(steps)],
                update_conflicts=True, unique_fields=["criterion", "step"], update_fields=["text", "bound"],
            )  # fmt: skip

    change(part.brief, act, by=by, at=at, seen=seen)


def remove_part(part: Gate | Question | Criterion | BriefFile, *, by: Membership, at: datetime) -> None:
    """Take a part out; its row stays with what hangs on it. Raises NotInThisState."""

    def act(held: Brief) -> None:
        type(part)._default_manager.filter(pk=part.pk, removed_at=None).update(removed_at=at)

    change(part.brief, act, by=by, at=at)


def attach(brief: Brief, upload: UploadedFile, *, title: str, by: Membership, at: datetime) -> None:
    """Put a file beside the brief. Raises NotInThisState, TooMany, and Refused for a file."""

    def act(held: Brief) -> None:
        if held.files.filter(removed_at=None).count() >= MOST_PARTS:
            raise TooMany(_("A brief holds %(most)s of them at most.") % {"most": MOST_PARTS})
        file = storage.keep(upload, by=by, organisation=by.organisation, at=at, kinds=DOCUMENTS)
        BriefFile.objects.create(brief=held, file=file, title=title, added_by=by, added_at=at)

    change(brief, act, by=by, at=at)


def weigh(
    brief: Brief, weights: Mapping[int, Any], *, by: Membership, at: datetime, seen: int | None = None, why: str = ""
) -> None:
    """Set the weights of some criteria, by key. After answers are closed only the chair may, and says why. Raises
    NotInThisState, NotTheChair, Overtaken."""

    def act(held: Brief) -> None:
        if held.state_at(at) not in WRITABLE:
            see_that_they_chair(held, by)
            if not why:
                raise NotInThisState(_("Answers are in: say why the weights change."))
        for row in held.criteria.filter(pk__in=weights, removed_at=None):
            row.weight = weights[row.pk]
            row.save(update_fields=["weight"])
        if why:  # also where no share, and so nothing that vendors read, is another
            log.note(held, "weighed", by=by, at=at, reason=why)

    states = (BriefState.DRAFT, BriefState.OPEN, BriefState.CLOSED, BriefState.EVALUATING)
    change(brief, act, by=by, at=at, seen=seen, note=why, states=states)
