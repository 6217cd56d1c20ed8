"""Mails about briefs: to the vendors that were invited, each about itself alone, and to the merchant's own people."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from outsourcing.accounts import by_code
from outsourcing.accounts.actions import token_of
from outsourcing.accounts.models import Invitation, Membership
from outsourcing.notifications import outbox
from outsourcing.notifications.bounces.taking import reachable as mails_reach
from vendors.directory.models import Contact
from vendors.sourcing.briefs.deadlines import told as in_words
from vendors.sourcing.models import Brief, BriefVersion, Candidate, Clarification, Stage
from vendors.sourcing.roles import BUYERS

#: They answer, or may still.
ASKED = (Stage.INVITED, Stage.ANSWERED, Stage.SHORTLISTED)


def people_of(candidate: Candidate) -> list[Membership]:
    """Whom a mail about a candidacy goes to: the vendor's people who have joined, else the contacts that the merchant
    keeps; of both those whom mails reach. Two queries at most."""
    everybody = Membership.objects.filter(organisation=candidate.vendor_id).select_related("organisation", "user")
    people = mails_reach(everybody)
    joined = list(people.joined().order_by("pk"))
    kept = Contact.objects.filter(merchant=candidate.brief.merchant_id, vendor__organisation=candidate.vendor_id)
    return joined or list(people.current().filter(pk__in=kept.values("membership")).order_by("pk"))


def buyers_of(brief: Brief) -> list[Membership]:
    """Whoever wrote the brief, else owners and buyers. One query."""
    joined = Membership.objects.joined().filter(organisation=brief.merchant_id).select_related("user", "organisation")
    rows = list(joined.filter(Q(pk=brief.created_by_id) | Q(roles__overlap=list(BUYERS))).order_by("pk"))
    return [one for one in rows if one.pk == brief.created_by_id] or rows


def post(
    brief: Brief,
    to: Iterable[Membership],
    *,
    title: str,
    words: str,
    action: str,
    path: str,
    occurrence: str,
    quote: str = "",
    candidate: Candidate | None = None,
) -> None:
    """One mail to each: `title` is subject and heading, `words` a sentence, `quote` what somebody wrote."""
    for reader in to:
        is_vendors = candidate is not None
        url = settings.BASE_URL + (by_code.address(path, reader) if is_vendors and reader.user_id else path)
        with timezone.override(reader.zone):
            outbox.post(
                "brief_news",
                to=reader.email,
                context={"brief": brief, "title": title, "words": words, "quote": quote, "action": action, "url": url},
                organisation=brief.merchant if is_vendors else None,
                membership=reader,
                occurrence=occurrence,
                thread=f"brief:{candidate.pk if candidate else brief.pk}",
            )


def invite(
    candidate: Candidate, people: Iterable[Membership], invitations: dict[int, Invitation], at: datetime
) -> None:
    """Ask a vendor to answer; who has not joined finds the way in there too."""
    brief, by = candidate.brief, candidate.invited_by
    page = reverse("sourcing:answer", args=[candidate.pk])
    for person in people:
        invitation = invitations.get(person.pk)
        joins = reverse("accounts:join", args=[token_of(invitation)]) if invitation else ""
        path = by_code.address(page, person) if person.user_id else joins
        with timezone.override(person.zone):
            outbox.post(
                "brief_invitation",
                to=person.email,
                context={
                    "brief": brief,
                    "by": by,
                    "invitation": invitation,
                    "has_joined": bool(person.user_id),
                    "deadline": in_words(brief.deadline_at, person.zone),
                    "button_label": _("Read and answer") if person.user_id else _("Join and answer"),
                    "button_url": settings.BASE_URL + path,
                },
                organisation=brief.merchant,
                membership=person,
                occurrence=f"brief-invitation:{candidate.pk}",
                thread=f"brief:{candidate.pk}",
                reply_to=by.email if by else "",
                is_secret=invitation is not None,
            )


def asked(brief: Brief) -> list[Candidate]:
    """Candidates who were invited and may still answer, with their vendor. One query."""
    rows = list(brief.candidates.filter(invited_at__isnull=False, stage__in=ASKED).select_related("vendor"))
    for one in rows:
        one.brief = brief
    return rows


def tell_vendors(brief: Brief, *, title: str, words: str, occurrence: str, quote: str = "") -> None:
    """The same to all who are asked, each a mail of its own."""
    for one in asked(brief):
        post(
            brief, people_of(one), title=title, words=words, action=_("Read it"), quote=quote, candidate=one,
            path=reverse("sourcing:answer", args=[one.pk]), occurrence=f"{occurrence}:{one.pk}",
        )  # fmt: skip


def tell_of_change(brief: Brief, version: BriefVersion) -> None:
    words = _("%(merchant)s changed what it asks for. What you have answered stays.") % {"merchant": brief.merchant}
    tell_vendors(
        brief, title=_("Changed: %(brief)s") % {"brief": brief.title}, words=words,
        quote="\n".join(version.changes), occurrence=f"brief-version:{brief.pk}:{version.number}",
    )  # fmt: skip


def tell_of_cancelling(brief: Brief) -> None:
    tell_vendors(
        brief, title=_("Cancelled: %(brief)s") % {"brief": brief.title}, quote=brief.cancel_reason,
        words=_("%(merchant)s no longer looks for this. Thank you for your time.") % {"merchant": brief.merchant},
        occurrence=f"brief-cancelled:{brief.pk}",
    )  # fmt: skip


def tell_of_clarification(brief: Brief, asked_and_answered: Clarification) -> None:
    """To all alike, without who asked."""
    tell_vendors(
        brief, title=_("A question was answered: %(brief)s") % {"brief": brief.title},
        words=_("A question about this brief was answered, for everybody who is invited."),
        quote=f"{asked_and_answered.shown_text}\n\n{asked_and_answered.answer}",
        occurrence=f"brief-clarification:{asked_and_answered.pk}",
    )  # fmt: skip


def tell_of_late(brief: Brief, accepted: Candidate) -> None:
    """All who were invited hear that a late answer counts (M11); not whose it was."""
    tell_vendors(
        brief, title=_("An answer came late and counts: %(brief)s") % {"brief": brief.title},
        words=_("%(merchant)s accepted an answer that came after the deadline. It is marked as late.")
        % {"merchant": brief.merchant},
        occurrence=f"brief-late:{brief.pk}:{accepted.pk}",
    )  # fmt: skip


def tell_merchant(brief: Brief, *, title: str, words: str, occurrence: str, path: str, quote: str = "") -> None:
    post(brief, buyers_of(brief), title=title, words=words, action=_("Look"), path=path, occurrence=occurrence,
         quote=quote)  # fmt: skip
