"""Where rooms above have a say when an organisation closes; functions run in the same transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.shared.hooks import Hook


@dataclass(frozen=True)
class InTheWay:
    """Something that has to be ended before: what it is, why, and where that is done."""

    title: str
    why: str
    url: str


#: What has to be ended before an organisation may close.
in_the_way: Hook[[Organisation], Iterable[InTheWay]] = Hook("leaving.in_the_way")

#: It is about to close, by this member's word, at the instant: what is asked of others in its name ends.
closing: Hook[[Organisation, Membership, datetime], None] = Hook("leaving.closing")

#: Its grace is over and its rows are about to go: what depends on them is told.
ending: Hook[[Organisation, datetime], None] = Hook("leaving.ending")

#: Its rows have gone: what is made of them is made anew.
ended: Hook[[Organisation, datetime], None] = Hook("leaving.ended")

#: The organisations that it alone has written down, by their keys: they go with it.
kept_alone: Hook[[Organisation], Iterable[int]] = Hook("leaving.kept_alone")
