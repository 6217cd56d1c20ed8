"""The mail that asks somebody in; accounts says when."""

from django.conf import settings
from django.urls import reverse

from outsourcing.accounts.models import Invitation
from outsourcing.notifications import outbox


def mail_invitation(invitation: Invitation, token: str) -> None:
    """Post the link, in the name of whoever asks, to the address that it is bound to."""
    member, asker = invitation.membership, invitation.invited_by.organisation
    outbox.post(
        "invitation",
        to=member.email,
        context={
            "invitation": invitation,
            "place": member.organisation,
            "url": settings.BASE_URL + reverse("accounts:join", args=[token]),
        },
        organisation=asker,
        membership=member,
        occurrence=f"invitation:{invitation.pk}",
        is_secret=True,
    )
