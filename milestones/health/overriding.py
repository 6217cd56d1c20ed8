"""A person's own word on how a contract is doing, beside what the rules say, for five working days at most."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from milestones.errors import Overtaken
from milestones.history import tell
from milestones.holding import calendar, hold, see_that_it_is
from milestones.models import Contract, Health, Override, State
from outsourcing.accounts.calendars import MIDNIGHT, first_instant
from outsourcing.accounts.models import Membership

#: Of the merchant's working days.
HOLDS_FOR = 5
DAY = timedelta(days=1)
LEVELS = (Health.ON_TRACK, Health.AT_RISK, Health.OVERDUE, Health.LANGUISHING)


@transaction.atomic
def override(contract: Contract, level: Health, *, reason: str, by: Membership, at: datetime) -> Override:
    """Say how it is doing, until the end of the fifth of our working days; an earlier word ends. Raises
    NotInThisState where it does not run."""
    contract = hold(contract)
    see_that_it_is(contract, State.ACTIVE, State.CLOSE_OUT)
    ours = calendar(contract.merchant, at)
    last = ours.add_business_days(at.astimezone(ours.zone).date(), HOLDS_FOR)
    until = first_instant(last + DAY, MIDNIGHT, ours.zone)
    Override.objects.filter(contract=contract, ended_at=None).update(ended_at=at)
    made = Override.objects.create(contract=contract, level=level, reason=reason, by=by, at=at, until=until)
    tell(contract, "overridden", by=by, at=at, is_ours=True, level=str(made.get_level_display()), reason=reason)
    return made


@transaction.atomic
def lift(contract: Contract, *, by: Membership, at: datetime) -> None:
    """Let what the rules say hold again. Raises Overtaken where nobody's word holds any more."""
    contract = hold(contract)
    if not Override.objects.filter(contract=contract, ended_at=None, until__gt=at).update(ended_at=at):
        raise Overtaken(_("Nobody's word holds any more: what is worked out is shown."))
    tell(contract, "override-lifted", by=by, at=at, is_ours=True)
