"""What this room holds; and what is kept by those below it, by Django and by allauth."""

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _
from pghistory.models import Context

from outsourcing.accounts.models import Absence, ClosedDay, Invitation, Membership, Opening, Organisation, User
from outsourcing.shared.holdings import ADDRESS, FORMER, GONE, MEMBERSHIP, USER, About, Closing, Told, holds
from outsourcing.shared.models import MailHold, Pulse

OWN = "organisation"
ITS_PERSONS = _("It is its person's own, in whatever organisations they are.")
SETTINGS_OF_OURS = _("It says nothing of anybody.")
UNUSABLE = "!"

holds(
    User,
    left_out=ITS_PERSONS,
    people=[
        About(USER, "id", email=GONE, name=FORMER, password=UNUSABLE, time_zone="", theme="system", is_active=False,
              is_staff=False, is_superuser=False, last_login=None),
    ],
)  # fmt: skip
holds(
    Organisation,
    merchant="id",
    vendor="id",
    label=["name"],
    people=[About(ADDRESS, "reply_to", reply_to="")],
    closing=Closing.STAYS,
    emptied={"merchant": {"reply_to": ""}, "vendor": {"reply_to": ""}},
)
holds(
    Membership,
    merchant=OWN,
    vendor=OWN,
    label=["name", "email"],
    hidden=["user"],
    people=[About(MEMBERSHIP, "id", email=GONE, name=FORMER, phone="", user=None)],
    closing=Closing.STAYS,
    emptied={side: {"email": GONE, "phone": ""} for side in ("merchant", "vendor")},
)
holds(
    Invitation,
    merchant="invited_by__organisation",
    vendor="membership__organisation",
    hidden=["secret"],
)
holds(Opening, merchant=OWN, vendor=OWN)
holds(ClosedDay, merchant=OWN, vendor=OWN)
holds(
    Absence,
    merchant="membership__organisation",
    vendor="membership__organisation",
    people=[About(MEMBERSHIP, "membership"), About(MEMBERSHIP, "stand_in")],
)

# ---- Of those below, and of others --------------------------------------------------------------------------------
holds(EmailAddress, left_out=ITS_PERSONS, people=[About(USER, "user")])
holds(EmailConfirmation, left_out=ITS_PERSONS, people=[About(USER, "email_address__user")])
holds(Authenticator, left_out=ITS_PERSONS, people=[About(USER, "user")])
holds(UserSession, left_out=ITS_PERSONS, people=[About(USER, "user")])
holds(Session, left_out=_("It is gone with its person (accounts/erasing.py), or thirty days after its last use."))
holds(LogEntry, left_out=SETTINGS_OF_OURS, told=[Told("object_repr", "change_message", anywhere=True)])
holds(Group, left_out=SETTINGS_OF_OURS)
holds(Permission, left_out=SETTINGS_OF_OURS)
holds(Pulse, left_out=SETTINGS_OF_OURS)
holds(MailHold, left_out=SETTINGS_OF_OURS)
holds(ContentType, left_out=SETTINGS_OF_OURS)
holds(Context, left_out=_("It names people by the keys of their accounts alone."))
