"""Criteria that stand in more than one template, with a text for each step; a step's text never leaves a gap."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from vendors.sourcing.models import Criterion

Source, Basis = Criterion.Source, Criterion.Basis


@dataclass(frozen=True)
class Wanted:
    """A criterion of a template: what is looked at, its weight, a text for each step 0 to 5, and for measured ones the
    bound of each step, in working hours, per cent or references."""

    name: str
    about: str
    weight: int
    steps: tuple[str, ...]
    source: str = Source.PEOPLE
    basis: str = ""
    bounds: tuple[str, ...] = ()
    needs_reason: bool = False

    def bound(self, step: int) -> Decimal | None:
        """From which figure on (for a time up to which) a step is given; None for step 0, and for scored ones."""
        return Decimal(self.bounds[step - 1]) if self.bounds and step else None


def fit(weight: int = 8) -> Wanted:
    """What every template asks (issue: whether the vendor fits us and represents our company well)."""
    return Wanted(
        str(_("Fits us, and represents us well")),
        str(_("How they work and speak, seen in talks, samples and a visit: would our customers take them for us?")),
        weight,
        (
            str(_("We would be ashamed of it")),
            str(_("Often not as we would do it")),
            str(_("Sometimes not as we would do it")),
            str(_("Correct, without care of its own")),
            str(_("As we would do it")),
            str(_("Better than we do it ourselves")),
        ),
        needs_reason=True,
    )


def price(weight: int, *, basis: str = Basis.MONTH) -> Wanted:
    """Between the price for 5 points and the one for 0, on a straight line (M20 anchored)."""
    return Wanted(
        str(_("Cost in all")),
        str(_("From the price in the answer: 5 at your target or below, 0 where you would walk away.")),
        weight,
        (
            str(_("At or above the price where we walk away")),
            str(_("A fifth of the way to the target")),
            str(_("Two fifths of the way")),
            str(_("Three fifths of the way")),
            str(_("Four fifths of the way")),
            str(_("At the target or below")),
        ),
        source=Source.PRICE,
        basis=basis,
    )


def replies(weight: int) -> Wanted:
    return Wanted(
        str(_("Time to reply")),
        str(_("Measured from your own conversations during the choice, in working hours.")),
        weight,
        (
            str(_("Slower than three working days, or never")),
            str(_("Within three working days")),
            str(_("Within two working days")),
            str(_("Within a working day")),
            str(_("Within half a working day")),
            str(_("Within two working hours")),
        ),
        source=Source.REPLIES,
        bounds=("24", "16", "8", "4", "2"),
    )


def references(weight: int) -> Wanted:
    return Wanted(
        str(_("References and reputation")),
        str(_("Measured: references that answered you and were verified.")),
        weight,
        (
            str(_("None answered")),
            str(_("One verified")),
            str(_("Two verified")),
            str(_("Three verified")),
            str(_("Four verified")),
            str(_("Five or more verified")),
        ),
        source=Source.REFERENCES,
        bounds=("1", "2", "3", "4", "5"),
    )


def on_time(weight: int) -> Wanted:
    return Wanted(
        str(_("Milestones on time")),
        str(_("Measured from contracts with you: milestones handed in by their date.")),
        weight,
        (
            str(_("Under half")),
            str(_("From half")),
            str(_("From 70 per cent")),
            str(_("From 85 per cent")),
            str(_("From 93 per cent")),
            str(_("From 98 per cent")),
        ),
        source=Source.ON_TIME,
        bounds=("50", "70", "85", "93", "98"),
    )


def scored(name: object, about: object, weight: int, *steps: object) -> Wanted:
    """Scored by people, with its six steps."""
    assert len(steps) == 6
    return Wanted(str(name), str(about), weight, tuple(str(one) for one in steps))


def sample(weight: int, what: object) -> Wanted:
    """The quality of a piece of work that was asked for."""
    return scored(
        _("Quality of the sample"), what, weight,
        _("None came, or unusable"), _("Many faults"), _("Usable after much work"),
        _("Sound, with small faults"), _("Good as it is"), _("Better than what we have"),
    )  # fmt: skip


def proven(weight: int, name: object, about: object) -> Wanted:
    """Something that is claimed, shown or proven."""
    return scored(
        name, about, weight,
        _("Nothing shown"), _("Said, and vague"), _("Said, with figures"),
        _("Shown for one client"), _("Shown for several clients"), _("Shown over 12 months, confirmed by a client"),
    )  # fmt: skip
