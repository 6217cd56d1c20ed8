"""Where rooms above learn what happened to people and organisations; they run in the same transaction."""

from datetime import datetime

from outsourcing.accounts.models import Invitation, Membership, Organisation
from outsourcing.shared.hooks import Hook

#: Somebody was asked to take a place; the room of mails sends the link.
invited: Hook[[Invitation, str], None] = Hook("accounts.invited")

#: A member left; what was theirs goes to the successor, as of the instant.
member_left: Hook[[Membership, Membership, datetime], None] = Hook("accounts.member_left")

#: An organisation's working time changed (windows, closed days, zone, country); what was reckoned with it is stale.
calendar_changed: Hook[[Organisation], None] = Hook("accounts.calendar_changed")

#: An organisation's name, place or currency was edited.
organisation_changed: Hook[[Organisation], None] = Hook("accounts.organisation_changed")

#: A new organisation was started by its first member.
organisation_started: Hook[[Organisation, Membership, datetime], None] = Hook("accounts.organisation_started")

#: Somebody took up an invitation: the membership has its user from now on.
joined: Hook[[Membership, datetime], None] = Hook("accounts.joined")

#: What every page says of a person's own places: an attribute's name, and its SQL over the membership `m`.
own_places: Hook[[], tuple[str, str]] = Hook("accounts.own_places")
