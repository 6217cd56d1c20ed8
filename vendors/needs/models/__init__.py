"""The room's rows, a module for each topic."""

from vendors.needs.models.figures import Kind, Mark, Month, NeedMonth, Reopening
from vendors.needs.models.handing import NeedBrief
from vendors.needs.models.orders import DayOrder, OrderImport, OrderLine
from vendors.needs.models.peers import Ask, Opinion, Outcome, Peer, Showing, Stance
from vendors.needs.models.tasks import Assessment, Need, Policy, Task
from vendors.needs.models.unsettled import Unsettled

__all__ = [
    "Ask",
    "Assessment",
    "DayOrder",
    "Kind",
    "Mark",
    "Month",
    "Need",
    "NeedBrief",
    "NeedMonth",
    "Opinion",
    "OrderImport",
    "OrderLine",
    "Outcome",
    "Peer",
    "Policy",
    "Reopening",
    "Showing",
    "Stance",
    "Task",
    "Unsettled",
]
