"""How contracts are doing, worked out again whenever something happens to one, and by time for those that are due."""

from collections.abc import Sequence
from datetime import datetime

from milestones.models import Contract


def look(contracts: Sequence[int], *, at: datetime, active: bool = False) -> None:
    """Work out the health of these contracts as of `at`; `active`: the vendor has just done something of substance."""
    if active:
        Contract.objects.filter(pk__in=contracts).update(last_vendor_act_at=at)
