"""The rules of this room: an invited vendor is reminded at half of the time and a day before the deadline (M9), an
evaluator two working days and one before the decision.

Of a sealed brief everybody who is invited is reminded alike, whether they have answered or not: what goes out, and what
does not, would tell the merchant who has.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outsourcing.accounts.models import Role
from outsourcing.notifications.ladders.people import Calendars, Person, Roster, zone_of
from outsourcing.notifications.ladders.rules import Category, Kind, Letter, Rule, Standing, Step, To
from vendors.sourcing.models import Answer, BriefState, Candidate, Evaluator, Stage
from vendors.sourcing.reminders.following import INVITED, SCORES
from vendors.sourcing.roles import BUYERS, SCORERS

LAST_CALL = timedelta(hours=24)
#: No holiday is longer.
LOOKS_BACK = timedelta(days=14)
ASKED = (Stage.INVITED, Stage.ANSWERED, Stage.SHORTLISTED)


class AnswerAwaited(Rule):
    """A vendor was invited and has not answered."""

    key, category, is_editable, readers = INVITED, Category.MESSAGES, False, BUYERS
    label = gettext_lazy("Briefs to answer")
    about = gettext_lazy("A vendor was invited to answer a brief, and the deadline comes nearer.")
    steps: ClassVar[Sequence[Step]] = (
        Step(gettext_lazy("Half of the time is over"), (0, 0, 0), only_ahead=True),
        Step(gettext_lazy("A day before the deadline"), (1, 1, 1), only_ahead=True),
    )

    def standings(self, subjects: Sequence[int], calendars: Calendars) -> dict[int, Standing | str]:
        sent = Answer.objects.filter(candidate=OuterRef("pk"), state=Answer.State.LIVE)
        rows = Candidate.objects.filter(pk__in=subjects).select_related("brief", "vendor")
        found = list(rows.annotate(has_answered=Exists(sent)))
        calendars.read({key for one in found for key in (one.brief.merchant_id, one.vendor_id)})
        return {one.pk: self._standing(one, calendars) for one in found}

    def _standing(self, one: Candidate, calendars: Calendars) -> Standing | str:
        brief = one.brief
        if brief.state_at(calendars.at) != BriefState.OPEN or brief.deadline_at is None or one.invited_at is None:
            return _("Answers are not taken any more.")
        if one.stage not in ASKED:
            return _("The vendor takes no part.")
        if one.has_answered and not brief.is_sealed:  # type: ignore[attr-defined]
            return _("It was answered.")
        return Standing(
            one.pk, brief.merchant_id, one.vendor_id, brief.deadline_at.isoformat(), brief.deadline_at,
            zone_of(str(brief.time_zone)), calendars.of(one.vendor_id), brief.title,
            reverse("sourcing:answer", args=[one.pk]), row=one,
        )  # fmt: skip

    def subjects(self, after: int, most: int, at: datetime) -> Sequence[int]:
        rows = Candidate.objects.filter(pk__gt=after, stage__in=ASKED, brief__state=BriefState.OPEN)
        sent = Answer.objects.filter(candidate=OuterRef("pk"), state=Answer.State.LIVE)
        rows = rows.filter(Q(brief__is_sealed=True) | ~Exists(sent), brief__deadline_at__gt=at)
        return list(rows.filter(invited_at__isnull=False).order_by("pk").values_list("pk", flat=True)[:most])

    def moment(self, standing: Standing, step: int, delay: int) -> datetime | None:
        """Half-way between the invitation and the deadline; a day before it, or when the vendor was last at work before
        that, where that is later."""
        begun, due = standing.row.invited_at, standing.due
        assert isinstance(due, datetime)
        half: datetime = begun + (due - begun) / 2
        if not step:
            return half
        last = due - LAST_CALL
        if not standing.calendar.is_open(last):
            last = max((opens for opens, _closes in standing.calendar.openings(last - LOOKS_BACK, last)), default=last)
        return last if last > half else None

    def is_urgent(self, standing: Standing, step: int) -> bool:
        return bool(step)  # the next digest may come after the deadline

    def to(self, standing: Standing, step: int) -> Iterable[To]:
        yield To([], Kind.ACT, standing.owed_by, [Role.MANAGER], again=True)

    def title(self, standing: Standing, step: int, kind: Kind) -> str:
        return _("Waits for your answer: %(brief)s") % {"brief": standing.title}

    def may_read(self, reader: Person, standing: Standing) -> bool:
        ours = reader.organisation == standing.organisation and reader.has_role(*BUYERS)
        return ours or reader.organisation == standing.owed_by

    def letter(self, standing: Standing, step: int, kind: Kind, reader: Person | None, roster: Roster) -> Letter:
        one: Candidate = standing.row
        due = standing.due
        assert isinstance(due, datetime)
        zone = reader.zone if reader else standing.zone
        said = {
            "shop": roster.places[standing.organisation].name, "brief": standing.title,
            "until": date_format(due.astimezone(zone), "l j F, H:i"),
        }  # fmt: skip
        title = _("Answers until %(until)s: %(brief)s") % said
        words = [_("%(shop)s asked you to answer “%(brief)s”. Answers are taken until %(until)s.") % said]
        if one.brief.is_sealed:
            words.append(_("All who are invited get this. If you have sent yours, there is nothing to do."))
        clears = _("Sending an answer or declining ends this.")
        return Letter(title, title, words, (), _("Read and answer"), standing.url, (), clears)


class ScoresAwaited(Rule):
    """A colleague was named to score, and has not submitted."""

    key, category, is_editable, readers = SCORES, Category.DECISIONS, False, BUYERS
    label = gettext_lazy("Scores to give")
    about = gettext_lazy("Somebody was named to score vendors, and the day of the decision comes nearer.")
    steps: ClassVar[Sequence[Step]] = (
        Step(gettext_lazy("Two working days before the decision"), (-2, -2, -2), only_ahead=True),
        Step(gettext_lazy("A working day before the decision"), (-1, -1, -1), only_ahead=True),
    )

    def standings(self, subjects: Sequence[int], calendars: Calendars) -> dict[int, Standing | str]:
        found = list(Evaluator.objects.filter(pk__in=subjects).select_related("brief"))
        calendars.read({one.brief.merchant_id for one in found})
        return {one.pk: self._standing(one, calendars) for one in found}

    def _standing(self, one: Evaluator, calendars: Calendars) -> Standing | str:
        brief = one.brief
        if brief.state != BriefState.EVALUATING or brief.decide_by is None:
            return _("Nothing is compared now, or no day is set.")
        if one.submitted_at is not None:
            return _("The scores are in.")
        if one.removed_at is not None or one.recused_at is not None:
            return _("They no longer score.")
        return Standing(
            one.pk, brief.merchant_id, brief.merchant_id, brief.decide_by.isoformat(), brief.decide_by,
            zone_of(str(brief.time_zone)), calendars.of(brief.merchant_id), brief.title,
            reverse("sourcing:scores", args=[brief.pk]), row=one,
        )  # fmt: skip

    def subjects(self, after: int, most: int, at: datetime) -> Sequence[int]:
        rows = Evaluator.objects.outstanding().filter(pk__gt=after, brief__state=BriefState.EVALUATING)
        rows = rows.filter(brief__decide_by__isnull=False)
        return list(rows.order_by("pk").values_list("pk", flat=True)[:most])

    def to(self, standing: Standing, step: int) -> Iterable[To]:
        one: Evaluator = standing.row
        yield To([one.member_id], Kind.ACT, standing.organisation, heads=False, again=True)

    def title(self, standing: Standing, step: int, kind: Kind) -> str:
        return _("Waits for your scores: %(brief)s") % {"brief": standing.title}

    def may_read(self, reader: Person, standing: Standing) -> bool:
        return reader.organisation == standing.organisation and reader.has_role(*SCORERS)

    def letter(self, standing: Standing, step: int, kind: Kind, reader: Person | None, roster: Roster) -> Letter:
        said = {"brief": standing.title, "day": date_format(standing.due, "l j F")}
        title = _("Scores to give: %(brief)s") % said
        words = [_("“%(brief)s” is decided by %(day)s, and your scores are not submitted.") % said]
        clears = _("Submitting your scores ends this.")
        return Letter(title, title, words, (), _("Score the vendors"), standing.url, (), clears)
