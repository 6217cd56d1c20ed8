"""The plans that everybody begins with; a merchant's own are rows (models.Plan)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True)
class Result:
    """One milestone of a plan: working days from the contract's start, and the positions of what it waits for."""

    title: Text
    starts_after: int
    due_after: int
    criteria: Sequence[Text] = ()
    waits_for: Sequence[int] = ()
    description: Text = ""


@dataclass(frozen=True)
class Builtin:
    """A plan of ours; where `check_in_months` is not 0, the contract is looked at every so many months."""

    key: str
    name: Text
    about: Text
    results: Sequence[Result]
    check_in_months: int = 0


WAREHOUSE = Builtin(
    "warehouse",
    _("Moving in with a warehouse"),
    _("From the first data to the review after thirty days of orders."),
    (
        Result(
            _("Data and integration"),
            0,
            10,
            (
                _("Articles, barcodes and weights are in their system, without differences."),
                _("Fifty test orders arrive there by themselves, and their tracking numbers come back."),
            ),
        ),
        Result(
            _("Stock in"),
            8,
            15,
            (_("Every pallet is booked in, and each difference is listed."), _("A count of fifty lines is right.")),
            (0,),
        ),
        Result(
            _("Test orders"),
            15,
            20,
            (
                _("Twenty orders are packed as we pack them, seen at our address."),
                _("One return is back in stock."),
            ),
            (0, 1),
        ),
        Result(
            _("Go-live"),
            20,
            22,
            (_("Orders of one day leave on that day."), _("Somebody answers the phone until the last lorry.")),
            (2,),
        ),
        Result(
            _("Review after thirty days"),
            22,
            44,
            (
                _("On time, right and undamaged are counted, and beside what was promised."),
                _("What goes wrong has somebody who mends it, and a date."),
            ),
            (3,),
        ),
    ),
    check_in_months=3,
)
WEBSITE = Builtin(
    "website",
    _("A website project"),
    _("Scope first, then design, building, tests and a month of care."),
    (
        Result(
            _("Scope and content list"),
            0,
            10,
            (_("Each page has its purpose and somebody who writes it."), _("What is left out is written down.")),
        ),
        Result(
            _("Design"),
            10,
            25,
            (_("Home, list, article and checkout are drawn for phone and desk."), _("Accessible contrast is shown.")),
            (0,),
        ),
        Result(
            _("Built on the test site"),
            25,
            50,
            (_("Every page of the list is there with its real content."), _("An order goes through to the end.")),
            (1,),
        ),
        Result(
            _("Tested and mended"),
            50,
            60,
            (_("Our list of faults is empty, or each has a date."), _("It loads within three seconds on a phone.")),
            (2,),
        ),
        Result(
            _("Live"),
            60,
            62,
            (_("Old addresses lead to the new ones."), _("We hold all passwords and the domain ourselves.")),
            (3,),
        ),
        Result(_("First month of care"), 62, 84, (_("Faults that were reported are mended within two days."),), (4,)),
    ),
)
MONTHLY = Builtin(
    "monthly",
    _("A service every month"),
    _("A start that is seen to work, then a look together every month."),
    (
        Result(
            _("Handed over and begun"),
            0,
            5,
            (_("Who does what by when is written down."), _("Access works, and is in the name of each person.")),
        ),
        Result(_("First month seen together"), 5, 22, (_("What was promised stands beside what came."),), (0,)),
    ),
    check_in_months=1,
)
PLANS = {plan.key: plan for plan in (WAREHOUSE, WEBSITE, MONTHLY)}
