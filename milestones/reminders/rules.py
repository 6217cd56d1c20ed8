"""The rules of this room: when who hears of what is due, late, to be judged or to be decided.

Source: reference/milestones.md 4.3, and 4.1 for silence and notice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from milestones.contracts.text import money
from milestones.models import CheckIn, DateChange, Milestone, State
from milestones.models import Step as At
from milestones.reminders import following, noticed, promises, reading
from milestones.reminders.reading import Work
from outsourcing.accounts.models import Role
from outsourcing.conversations.reminders import calls
from outsourcing.notifications.ladders.people import Calendars, Person, Roster, zone_of
from outsourcing.notifications.ladders.rules import (
    Category,
    Kind,
    Letter,
    Rule,
    Standing,
    Step,
    To,
    Unit,
    been_reminded,
    start_of,
)

#: A key to be replaced.
PLACE = "1" * 18
#: A milestone of fewer working days needs no reminder before it is due.
SHORT = 5
#: Nor one of which somebody has just said how far it is.
FRESH = 2
#: After so long without a decision, silence accepts where the contract says so.
SILENCE_DAYS = 14
OPS = (Role.OPERATIONS,)
LAST = 4
GOING = (State.ACTIVE, State.CLOSE_OUT)
WITH_VENDOR = (At.PLANNED, At.IN_PROGRESS, At.CHANGES_REQUESTED)
LADDER = (
    Step(gettext_lazy("Before it is due"), (None, -1, -2), only_ahead=True),
    Step(gettext_lazy("First reminder"), (1, 0, 0)),
    Step(gettext_lazy("Second reminder, and to who stands in"), (3, 2, 1)),
    Step(gettext_lazy("To the other side, with phone numbers"), (6, 4, 2)),
    Step(gettext_lazy("To operations, to decide"), (9, 6, 4)),
)
OVER = {
    State.SUSPENDED: gettext_lazy("The contract stands still."),
    State.CLOSE_OUT: gettext_lazy("The contract is being closed."),
    State.COMPLETED: gettext_lazy("The contract is completed."),
    State.TERMINATED: gettext_lazy("The contract has ended."),
}
DONE = {
    At.SUBMITTED: gettext_lazy("It was handed in."),
    At.ACCEPTED: gettext_lazy("It was accepted."),
    At.CANCELLED: gettext_lazy("It was cancelled."),
}


class AboutContracts(Rule):
    """What these rules have in common: to the people of a contract, and back to its page."""

    def words(self, standing: Standing) -> Mapping[str, str]:
        return {"contract": standing.row.contract_title, "due": _day(standing.due)}

    placeholders: ClassVar[Mapping[str, Any]] = {
        "contract": gettext_lazy("the contract"),
        "due": gettext_lazy("the date"),
    }

    def _decide(self, row: Any) -> To:
        """Whoever manages operations has it to decide; a missing one is the owner."""
        return To([], Kind.DECIDE, row.merchant, roles=OPS)

    def _weekly(self, row: Any) -> To:
        return To([], Kind.KNOW, row.merchant, roles=OPS)


class Overdue(AboutContracts):
    """A milestone that the vendor owes."""

    key, category, repeats = following.MILESTONE, Category.MILESTONES, 5
    label = gettext_lazy("Milestones")
    about = gettext_lazy("A vendor has not handed in what is due.")
    steps: ClassVar[Sequence[Step]] = (
        Step(gettext_lazy("Before it is due"), (None, -3, -5), only_ahead=True),
        Step(gettext_lazy("First reminder"), (2, 1, 1)),
        Step(gettext_lazy("Second reminder, and to who stands in; you are told"), (5, 3, 2)),
        Step(gettext_lazy("To who runs the contract here, with phone numbers"), (8, 5, 3)),
        Step(gettext_lazy("To operations, to decide"), (12, 8, 5)),
    )
    placeholders: ClassVar[Mapping[str, Any]] = {
        **AboutContracts.placeholders,
        "milestone": gettext_lazy("the milestone"),
    }

    def standings(self, subjects: Sequence[int], calendars: Calendars) -> dict[int, Standing | str]:
        rows = reading.work(subjects)
        calendars.read({key for one in rows for key in (one.merchant, one.vendor)})
        holds = reading.held_days([one.pk for one in rows])
        return {one.pk: self._standing(one, holds.get(one.pk, ()), calendars) for one in rows}

    def _standing(self, one: Work, holds: Iterable[Any], calendars: Calendars) -> Standing | str:
        if one.contract_state != State.ACTIVE:
            return str(OVER.get(State(one.contract_state), _("The contract does not run.")))
        if one.state not in WITH_VENDOR:
            return str(DONE[At(one.state)])
        if one.blocked_since is not None:
            return _("You hold the vendor up with it.")
        calendar, zone = calendars.of(one.vendor), zone_of(one.zone)
        today = calendars.at.astimezone(zone).date()
        due = reading.moved_by_holds(one, holds, calendar, calendars.at) if holds else one.due
        promised = one.forecast is not None and today <= one.forecast <= promises.furthest(calendar, today)
        return Standing(
            one.pk, one.merchant, one.vendor, f"{one.due}:{due}:{one.rework}:{one.reopened}", due, zone, calendar,
            one.title, _milestone(one.pk),
            waits_until=calendar.add_business_days(one.forecast, 1) if promised and one.forecast else None,
            broke_promise=one.forecast is not None and one.forecast < today, row=one,
        )  # fmt: skip

    def why_anew(self, before: str, standing: Standing) -> str:
        old = before.partition(":")[0]  # the date that was in force, see _standing
        if old == str(standing.row.due):
            return super().why_anew(before, standing)
        said = {"old": _day(date.fromisoformat(old)), "new": _day(standing.row.due)}
        return _("Moved from %(old)s to %(new)s: reminders start anew.") % said

    def subjects(self, after: int, most: int, at: datetime) -> Sequence[int]:
        rows = Milestone.objects.with_vendor().filter(pk__gt=after, contract__state=State.ACTIVE, blocked_since=None)
        return list(rows.order_by("pk").values_list("pk", flat=True)[:most])

    def moment(self, standing: Standing, step: int, delay: int) -> datetime | None:
        when = super().moment(standing, step, delay)
        if delay >= 0 or when is None:
            return when
        one, calendar = standing.row, standing.calendar
        began = one.starts_on or one.created_at.astimezone(standing.zone).date()
        if began <= one.due and calendar.business_days_between(began, one.due) < SHORT:
            return None
        if one.progress_at is not None:
            on, said = when.astimezone(standing.zone).date(), one.progress_at.astimezone(standing.zone).date()
            if said <= on and calendar.business_days_between(said, on) <= FRESH:
                return None
        return when

    def to(self, standing: Standing, step: int) -> Iterable[To]:
        one = standing.row
        if step > LAST:
            yield self._weekly(one)
        elif step == LAST:
            yield self._decide(one)
        elif step == LAST - 1:
            yield To([one.owner, one.backup], Kind.ACT, one.merchant)
        else:
            yield To([one.vendor_responsible, one.vendor_owner], Kind.ACT, one.vendor, again=True)
            if step == LAST - 2:
                yield To([one.vendor_backup], Kind.ACT, one.vendor, backup=True)
                yield To([one.responsible, one.owner], Kind.KNOW, one.merchant)

    def title(self, standing: Standing, step: int, kind: Kind) -> str:
        if kind == Kind.DECIDE:
            return _("Decide what becomes of it: %(milestone)s") % {"milestone": standing.title}
        said = _("Overdue: %(milestone)s") if step else _("Due soon: %(milestone)s")
        return said % {"milestone": standing.title}

    def words(self, standing: Standing) -> Mapping[str, str]:
        return {**super().words(standing), "milestone": standing.title}

    def letter(self, standing: Standing, step: int, kind: Kind, reader: Person | None, roster: Roster) -> Letter:
        one, names = standing.row, roster.places
        late = standing.calendar.business_days_between(standing.due, _today(standing, roster))
        said = {
            "merchant": names[one.merchant].name, "vendor": names[one.vendor].name, "milestone": one.title,
            "day": _since_moved(date_format(one.due, "l j F"), one), "late": _late(late),
        }  # fmt: skip
        is_vendors = reader is not None and reader.organisation == one.vendor
        if not step and is_vendors:
            words = [_("“%(milestone)s” is due on %(day)s. %(merchant)s counts on it.") % said]
        elif is_vendors:
            words = [_("%(merchant)s has not had “%(milestone)s”. It was due on %(day)s, %(late)s ago.") % said]
        elif step >= LAST - 1:
            words = [
                _("%(vendor)s has not handed in “%(milestone)s”: it was due on %(day)s, %(late)s ago.") % said,
                _("Call them, or decide: another date, a formal notice, held up by you, or cancelled."),
            ]
        else:
            words = [
                _("%(vendor)s has not handed in “%(milestone)s”: it was due on %(day)s, %(late)s ago.") % said,
                been_reminded(standing),
            ]
        if standing.broke_promise and one.forecast:
            words.append(_("They had promised it for %(day)s.") % {"day": date_format(one.forecast, "j F")})
        facts = [(_("Contract"), one.contract_title), (_("Due"), _since_moved(date_format(one.due, "j F Y"), one))]
        if amount := money(one.amount, one.currency):
            facts.append((_("Pays on acceptance"), amount))
        theirs = [one.vendor_responsible, one.vendor_owner, one.vendor_backup]
        subject = self.title(standing, step, kind)
        if step:
            subject = _("%(subject)s, was due %(day)s") % {"subject": subject, "day": date_format(one.due, "j F")}
        return Letter(
            subject, self.title(standing, step, kind), words, facts,
            _("Hand it in") if is_vendors else _("Open the milestone"), standing.url,
            [(_("Cannot make it? Ask for a new date"), reverse("milestones:move", args=[one.pk]))]
            if is_vendors else (),
            _("Handing it in, a promised date or a new one ends these reminders."), f"contract:{one.contract}",
            () if is_vendors else calls(roster, one.vendor, theirs),
        )  # fmt: skip


class Review(AboutContracts):
    """What was handed in waits for the merchant's verdict."""

    key, category, repeats, may_snooze = following.REVIEW, Category.DECISIONS, 5, True
    label = gettext_lazy("Verdicts")
    about = gettext_lazy("A milestone was handed in, and nobody has judged it.")
    steps: ClassVar[Sequence[Step]] = LADDER
    placeholders: ClassVar[Mapping[str, Any]] = {
        **AboutContracts.placeholders,
        "milestone": gettext_lazy("the milestone"),
    }

    def standings(self, subjects: Sequence[int], calendars: Calendars) -> dict[int, Standing | str]:
        rows = reading.work(subjects)
        calendars.read({key for one in rows for key in (one.merchant, one.vendor)})
        return {one.pk: self._standing(one, calendars) for one in rows}

    def _standing(self, one: Work, calendars: Calendars) -> Standing | str:
        if one.contract_state not in GOING:
            return str(OVER.get(State(one.contract_state), _("The contract does not run.")))
        if one.state != At.SUBMITTED or one.review_due is None or one.submitted_at is None:
            return _("It was decided, or taken back.")
        return Standing(
            one.pk, one.merchant, one.merchant, noticed.version_of(one.submitted_at), one.review_due,
            calendars.zone(one.merchant), calendars.of(one.merchant), one.title, f"{_milestone(one.pk)}#review",
            others=(one.vendor,), row=one,
        )  # fmt: skip

    def subjects(self, after: int, most: int, at: datetime) -> Sequence[int]:
        rows = Milestone.objects.submitted().filter(pk__gt=after, contract__state__in=GOING)
        return list(rows.order_by("pk").values_list("pk", flat=True)[:most])

    def to(self, standing: Standing, step: int) -> Iterable[To]:
        one = standing.row
        if step > LAST:
            yield self._weekly(one)
        elif step == LAST:
            yield self._decide(one)
        elif step == LAST - 1:
            yield To([one.vendor_responsible, one.vendor_owner], Kind.KNOW, one.vendor)
        else:
            yield To([one.responsible, one.owner], Kind.ACT, one.merchant, again=True)
            if step == LAST - 2:
                yield To([one.backup], Kind.ACT, one.merchant, backup=True)
                yield To([one.vendor_responsible, one.vendor_owner], Kind.KNOW, one.vendor)

    def may_read(self, reader: Person, standing: Standing) -> bool:
        return reader.organisation in (standing.row.merchant, standing.row.vendor)

    def title(self, standing: Standing, step: int, kind: Kind) -> str:
        if kind == Kind.KNOW:
            return _("Not judged yet: %(milestone)s") % {"milestone": standing.title}
        return _("Waits for your verdict: %(milestone)s") % {"milestone": standing.title}

    def words(self, standing: Standing) -> Mapping[str, str]:
        return {**super().words(standing), "milestone": standing.title}

    def letter(self, standing: Standing, step: int, kind: Kind, reader: Person | None, roster: Roster) -> Letter:
        one, names = standing.row, roster.places
        is_vendors = reader is not None and reader.organisation == one.vendor
        said = {
            "merchant": names[one.merchant].name, "vendor": names[one.vendor].name, "milestone": one.title,
            "day": _day(standing.due), "handed": _day(one.submitted_at),
        }  # fmt: skip
        if is_vendors:
            words = [
                _("%(merchant)s has not judged “%(milestone)s” yet. A verdict was due by %(day)s.") % said,
                been_reminded(standing),
                _("You can call them as well."),
            ]
        else:
            words = [
                _("%(vendor)s handed in “%(milestone)s” on %(handed)s. Your verdict is due by %(day)s.") % said,
                _("Until then they wait, and the days count as yours."),
            ]
        ours = [one.responsible, one.owner, one.backup]
        return Letter(
            self.title(standing, step, kind), self.title(standing, step, kind), words,
            [(_("Contract"), one.contract_title)],
            _("Open the milestone") if is_vendors else _("Review it"), standing.url, (),
            _("Accepting it or sending it back ends these reminders."), f"contract:{one.contract}",
            calls(roster, one.merchant, ours) if is_vendors else (),
        )  # fmt: skip


class Silence(Review):
    """Without a verdict it will count as accepted, where the contract says so."""

    key, repeats, may_snooze, is_editable = following.SILENCE, 0, False, False
    label = gettext_lazy("Silence that accepts")
    about = gettext_lazy("A milestone will count as accepted, since nobody has judged it.")
    steps: ClassVar[Sequence[Step]] = (
        Step(gettext_lazy("Three days before"), (-3, -3, -3), Unit.DAYS),
        Step(gettext_lazy("The day before"), (-1, -1, -1), Unit.DAYS),
    )

    def _standing(self, one: Work, calendars: Calendars) -> Standing | str:
        found = super()._standing(one, calendars)
        if isinstance(found, str) or one.submitted_at is None:
            return found
        if not one.silence_accepts:
            return _("Silence accepts nothing in this contract.")
        due = one.submitted_at.astimezone(found.zone).date() + timedelta(days=SILENCE_DAYS)
        # A notice that comes late leaves a day (noticed.py), and says so.
        found.due = max(due, calendars.at.astimezone(found.zone).date() + noticed.LEAVES)
        return found

    def subjects(self, after: int, most: int, at: datetime) -> Sequence[int]:
        rows = Milestone.objects.submitted().filter(pk__gt=after, contract__state__in=GOING)
        rows = rows.filter(contract__silence_accepts=True)
        return list(rows.order_by("pk").values_list("pk", flat=True)[:most])

    def moment(self, standing: Standing, step: int, delay: int) -> datetime | None:
        """On a working day, the last one before: a digest after days off would come too late."""
        day = standing.due + timedelta(days=delay)
        if not standing.calendar.is_business_day(day):
            day = standing.calendar.add_business_days(day, -1)
        return start_of(day, standing.zone)

    def to(self, standing: Standing, step: int) -> Iterable[To]:
        yield To([standing.row.responsible, standing.row.owner], Kind.ACT, standing.row.merchant, again=True)

    def title(self, standing: Standing, step: int, kind: Kind) -> str:
        said = {"milestone": standing.title, "day": _day(standing.due)}
        return _("Counts as accepted on %(day)s: %(milestone)s") % said

    def letter(self, standing: Standing, step: int, kind: Kind, reader: Person | None, roster: Roster) -> Letter:
        one = standing.row
        said = {
            "vendor": roster.places[one.vendor].name, "milestone": one.title, "handed": _day(one.submitted_at),
            "day": _day(standing.due), "days": SILENCE_DAYS,
        }  # fmt: skip
        words = [
            _("%(vendor)s handed in “%(milestone)s” on %(handed)s, and you have not judged it.") % said,
            _("The contract says that %(days)s days without a verdict accept: it counts as accepted on %(day)s.")
            % said,
        ]
        return replace(super().letter(standing, step, kind, reader, roster), sentences=words)


class DateAsked(AboutContracts):
    """A new date was asked for, and the other side has not decided."""

    key, category, may_snooze = following.DATE, Category.DECISIONS, True
    label = gettext_lazy("New dates")
    about = gettext_lazy("A new date was asked for, and nobody has decided.")
    steps: ClassVar[Sequence[Step]] = (
        Step(gettext_lazy("First reminder"), (1, 0, 0)),
        Step(gettext_lazy("Second reminder, and to who stands in"), (3, 2, 1)),
        Step(gettext_lazy("To operations, to decide"), (6, 4, 2)),
    )

    def standings(self, subjects: Sequence[int], calendars: Calendars) -> dict[int, Standing | str]:
        rows = reading.asked(subjects)
        about = {one.pk: one for one in reading.work({one.milestone for one in rows})}
        calendars.read({key for one in about.values() for key in (one.merchant, one.vendor)})
        return {one.pk: self._standing(one, about[one.milestone], calendars) for one in rows}

    def _standing(self, one: reading.Asked, work: Work, calendars: Calendars) -> Standing | str:
        if one.state != DateChange.State.PROPOSED:
            return _("It was decided.")
        if work.contract_state not in GOING:
            return str(OVER.get(State(work.contract_state), _("The contract does not run.")))
        owes = work.merchant if one.decides == "merchant" else work.vendor
        calendar, zone = calendars.of(owes), calendars.zone(owes)
        due = one.decide_by or calendar.add_business_days(one.proposed_at.astimezone(zone).date(), 3)
        return Standing(
            one.pk, work.merchant, owes, str(one.new_due), due, zone, calendar, work.title, _milestone(work.pk),
            others=(work.merchant, work.vendor), row=_Both(one, work),
        )  # fmt: skip

    def subjects(self, after: int, most: int, at: datetime) -> Sequence[int]:
        rows = DateChange.objects.open().filter(pk__gt=after, milestone__contract__state__in=GOING)
        return list(rows.order_by("pk").values_list("pk", flat=True)[:most])

    def to(self, standing: Standing, step: int) -> Iterable[To]:
        one = standing.row.work
        if step == len(self.steps) - 1:
            yield self._decide(one)
            return
        is_merchants = standing.owed_by == one.merchant
        named = [one.responsible, one.owner] if is_merchants else [one.vendor_responsible, one.vendor_owner]
        yield To(named, Kind.ACT, standing.owed_by, again=True)
        if step:
            yield To([one.backup if is_merchants else one.vendor_backup], Kind.ACT, standing.owed_by, backup=True)

    def title(self, standing: Standing, step: int, kind: Kind) -> str:
        return _("A new date waits for a decision: %(milestone)s") % {"milestone": standing.title}

    def words(self, standing: Standing) -> Mapping[str, str]:
        return {"contract": standing.row.work.contract_title, "due": _day(standing.due)}

    def letter(self, standing: Standing, step: int, kind: Kind, reader: Person | None, roster: Roster) -> Letter:
        asked, one = standing.row.asked, standing.row.work
        asker = one.vendor if asked.decides == "merchant" else one.merchant
        said = {"asker": roster.places[asker].name, "milestone": one.title, "old": _day(asked.old_due),
                "new": _day(asked.new_due)}  # fmt: skip
        title = self.title(standing, step, kind)
        words = [_("%(asker)s asks to move “%(milestone)s” from %(old)s to %(new)s. Nobody has decided.") % said]
        return Letter(
            title, title, words, [(_("Contract"), one.contract_title)], _("Decide"), standing.url, (),
            _("Agreeing to it or saying no ends these reminders."), f"contract:{one.contract}",
        )  # fmt: skip


class _Both:
    """A date that was asked for, and its milestone."""

    __slots__ = ("asked", "work")

    def __init__(self, asked: reading.Asked, work: Work) -> None:
        self.asked, self.work = asked, work


class CheckInDue(AboutContracts):
    """A check-in that the merchant has to sign."""

    key, category, repeats, may_snooze = following.CHECK_IN, Category.DECISIONS, 5, True
    label = gettext_lazy("Check-ins")
    about = gettext_lazy("A check-in is to be signed.")
    steps: ClassVar[Sequence[Step]] = tuple(step for number, step in enumerate(LADDER) if number != LAST - 1)

    def standings(self, subjects: Sequence[int], calendars: Calendars) -> dict[int, Standing | str]:
        rows = reading.looks(subjects)
        calendars.read({key for one in rows for key in (one.merchant, one.vendor)})
        return {one.pk: self._standing(one, calendars) for one in rows}

    def _standing(self, one: reading.Look, calendars: Calendars) -> Standing | str:
        if one.signed_at is not None or one.skipped_at is not None:
            return _("It was signed, or left out.")
        if one.contract_state != State.ACTIVE:
            return str(OVER.get(State(one.contract_state), _("The contract does not run.")))
        return Standing(
            one.pk, one.merchant, one.merchant, str(one.due_on), one.due_on, zone_of(one.zone),
            calendars.of(one.merchant), one.contract_title, reverse("milestones:check_in", args=[one.pk]),
            others=(one.vendor,), row=one,
        )  # fmt: skip

    def subjects(self, after: int, most: int, at: datetime) -> Sequence[int]:
        rows = CheckIn.objects.open().filter(pk__gt=after, contract__state=State.ACTIVE)
        return list(rows.order_by("pk").values_list("pk", flat=True)[:most])

    def to(self, standing: Standing, step: int) -> Iterable[To]:
        one, last = standing.row, len(self.steps) - 1
        if step > last:
            yield self._weekly(one)
        elif step == last:
            yield self._decide(one)
        else:
            yield To([one.owner], Kind.ACT, one.merchant, again=True)
            if step == last - 1:
                yield To([one.backup], Kind.ACT, one.merchant, backup=True)

    def title(self, standing: Standing, step: int, kind: Kind) -> str:
        return _("A check-in to sign: %(contract)s") % {"contract": standing.title}

    def letter(self, standing: Standing, step: int, kind: Kind, reader: Person | None, roster: Roster) -> Letter:
        one = standing.row
        title = self.title(standing, step, kind)
        said = {"contract": one.contract_title, "vendor": roster.places[one.vendor].name, "day": _day(one.due_on)}
        words = [_("The check-in of “%(contract)s” with %(vendor)s is due on %(day)s. The facts stand there.") % said]
        return Letter(
            title, title, words, (), _("Look and sign"), standing.url, (), _("Signing it ends these reminders."),
            f"contract:{one.contract}",
        )  # fmt: skip


class NoticeDue(AboutContracts):
    """A contract renews or ends: the last day on which notice can be given."""

    key, category, only_before = following.NOTICE, Category.CONTRACTS, True
    label = gettext_lazy("Contracts that renew or end")
    about = gettext_lazy("The last day on which you can give notice comes near.")
    steps: ClassVar[Sequence[Step]] = (
        Step(gettext_lazy("First notice"), (-60, -90, -120), Unit.DAYS),
        Step(gettext_lazy("Second notice"), (-30, -60, -90), Unit.DAYS),
        Step(gettext_lazy("Last notice"), (-14, -30, -30), Unit.DAYS),
    )

    def standings(self, subjects: Sequence[int], calendars: Calendars) -> dict[int, Standing | str]:
        rows = reading.agreed(subjects)
        calendars.read({key for one in rows for key in (one.merchant, one.vendor)})
        return {one.pk: self._standing(one, calendars) for one in rows}

    def _standing(self, one: reading.Agreed, calendars: Calendars) -> Standing | str:
        if one.state != State.ACTIVE:
            return str(OVER.get(State(one.state), _("The contract does not run.")))
        ends = one.renews_on or (one.ends_on if one.notice_days is not None else None)
        if ends is None:
            return _("It neither renews nor ends with notice.")
        by = ends - timedelta(days=one.notice_days or 0)
        zone = zone_of(one.zone)
        if by < calendars.at.astimezone(zone).date():
            return _("The last day for notice is over.")
        return Standing(
            one.pk, one.merchant, one.merchant, str(by), by, zone, calendars.of(one.merchant), one.title,
            reverse("milestones:contract", args=[one.pk]), others=(one.vendor,), row=one,
        )  # fmt: skip

    def subjects(self, after: int, most: int, at: datetime) -> Sequence[int]:
        today = at.date() - timedelta(days=1)  # wherever it is earliest; each is looked at in its own zone
        return reading.ending(after, today, most)

    def to(self, standing: Standing, step: int) -> Iterable[To]:
        yield To([standing.row.owner, standing.row.backup], Kind.ACT, standing.row.merchant, again=True)

    def title(self, standing: Standing, step: int, kind: Kind) -> str:
        return _("Give notice by %(day)s, or not: %(contract)s") % {
            "day": _day(standing.due), "contract": standing.title,
        }  # fmt: skip

    def words(self, standing: Standing) -> Mapping[str, str]:
        return {"contract": standing.title, "due": _day(standing.due)}

    def letter(self, standing: Standing, step: int, kind: Kind, reader: Person | None, roster: Roster) -> Letter:
        one = standing.row
        title = self.title(standing, step, kind)
        said = {
            "contract": one.title, "vendor": roster.places[one.vendor].name,
            "ends": _day(one.renews_on or one.ends_on), "by": _day(standing.due),
        }  # fmt: skip
        renews = _("“%(contract)s” with %(vendor)s renews by itself on %(ends)s. Notice can be given until %(by)s.")
        ends = _("“%(contract)s” with %(vendor)s ends on %(ends)s. Notice can be given until %(by)s.")
        return Letter(
            title, title, [(renews if one.renews_on else ends) % said], (), _("Open the contract"), standing.url, (),
            _("After that day nothing more comes."), f"contract:{one.pk}",
        )  # fmt: skip


RULES = (Overdue(), Review(), Silence(), DateAsked(), CheckInDue(), NoticeDue())


def _milestone(pk: int) -> str:
    return _pattern("milestones:milestone").replace(PLACE, str(pk))


@cache
def _pattern(name: str) -> str:
    """An address to put keys in: reversing one for each rung takes longer than the rung."""
    return reverse(name, args=[int(PLACE)])


def _since_moved(day: str, one: Work) -> str:
    """The day in words, and where it was moved to it, from which: so that nobody wonders which one holds."""
    if one.moved_from is None:
        return day
    return _("%(day)s (moved from %(old)s)") % {"day": day, "old": _day(one.moved_from)}


def _day(on: Any) -> str:
    return date_format(on, "j F")


def _late(days: int) -> str:
    return ngettext("%(days)s working day", "%(days)s working days", days) % {"days": days}


def _today(standing: Standing, roster: Roster) -> date:
    return roster.calendars.at.astimezone(standing.zone).date()
