"""Where rooms above have a say in mails."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from outsourcing.notifications.models import Mail
from outsourcing.shared.hooks import Hook

#: For mails that are about to go: why some of them shall not, by their keys. Asked in bulk, just before they go: what a
#: mail is about may be over, and whom it is for may no longer be there or may no longer read it.
unwanted: Hook[[Sequence[Mail]], Mapping[int, str]] = Hook("notifications.unwanted")

#: Mails no longer reach an address, or do so again, as of the instant; runs in the same transaction.
reach_changed: Hook[[str, datetime], None] = Hook("notifications.reach_changed")
