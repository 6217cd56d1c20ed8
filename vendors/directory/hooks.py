"""Where rooms above learn what happened to vendors; they run in the same transaction."""

from outsourcing.shared.hooks import Hook
from vendors.directory.models import Vendor

#: Two rows of one vendor became one: what pointed to the first points to the second from now on.
merged: Hook[[Vendor, Vendor], None] = Hook("directory.merged")
