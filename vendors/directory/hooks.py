"""Where rooms above learn what happened to vendors; they run in the same transaction."""

from datetime import datetime

from outsourcing.accounts.models import Membership
from outsourcing.shared.hooks import Hook
from vendors.directory.models import Vendor

#: Two rows of one vendor are about to become one: whoever holds rows of its own before organisations does so now.
merging: Hook[[Vendor, Vendor], None] = Hook("directory.merging")

#: Two rows of one vendor became one, by whom and when: what pointed to the first points to the second from now on.
merged: Hook[[Vendor, Vendor, Membership, datetime], None] = Hook("directory.merged")
