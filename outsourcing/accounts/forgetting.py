"""What of people is kept no longer (shared/retention.py)."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef, Q

from outsourcing.accounts.models import Invitation, Membership, User


def forget_sign_ups(before: datetime) -> int:
    """Accounts that were asked for before, whose address nobody has confirmed, and that are in no organisation."""
    proven = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    places = Membership.objects.filter(user=OuterRef("pk"))
    rows = User.objects.filter(joined_at__lt=before, last_login=None, is_staff=False, is_superuser=False)
    keys = list(rows.filter(~Exists(proven), ~Exists(places)).values_list("pk", flat=True))
    User.objects.filter(pk__in=keys).delete()
    return len(keys)


def forget_invitations(before: datetime) -> int:
    """Those that could not be taken up any more by then; whom they were for is still there."""
    over = Q(used_at__lt=before) | Q(revoked_at__lt=before) | Q(expires_at__lt=before)
    return Invitation.objects.filter(over).delete()[0]
