"""Post a mail: a row in the caller's transaction, delivered by a worker after the commit.

A template called `invitation` is three files: `mail/invitation_subject.txt`, `mail/invitation.txt` and
`mail/invitation.html`, the latter two extending `mail/base.txt` and `mail/base.html`.
"""

import uuid
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import css_inline
from django.conf import settings
from django.db import connection, transaction
from django.template.loader import render_to_string

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.notifications.models import Mail
from outsourcing.notifications.tasks import deliver
from outsourcing.notifications.words import sender_name
from outsourcing.shared import clock

NO_WAIT = timedelta()
_inliner = css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)


def post(
    template: str,
    *,
    to: str,
    context: dict[str, Any],
    organisation: Organisation | None = None,
    membership: Membership | None = None,
    occurrence: str = "",
    thread: str = "",
    reply_to: str = "",
    is_secret: bool = False,
    wait: timedelta = NO_WAIT,
) -> Mail:
    """Post a mail to the address `to`; `membership` is the reader's, where they are somebody's member.

    `organisation` is who writes: it is named in sender and subject, and says where replies go. A second post of the
    same `occurrence` to the same address changes nothing and returns the first. Mails of one `thread` are shown
    together by mail programs. One that `is_secret` holds a code or a link that acts: where nobody knows whether it
    arrived, it is not sent again. It goes after `wait`, unless nobody wants it by then (hooks.unwanted). Renders now,
    in the caller's language and time zone. Hidden queries: a select and an insert in a savepoint.
    """
    reply_to = reply_to or (organisation.reply_to if organisation else "")
    context = {
        "reply_to": reply_to,
        "organisation": organisation,
        "site_name": settings.SITE_NAME,
        "base_url": settings.BASE_URL,
        **context,
    }
    subject = render_to_string(f"mail/{template}_subject.txt", context)
    return enqueue(
        template=template,
        address=to,
        subject=f"{organisation.name}: {subject}" if organisation else subject,
        text=render_to_string(f"mail/{template}.txt", context),
        html=render_to_string(f"mail/{template}.html", context),
        organisation=organisation,
        membership=membership,
        occurrence=occurrence,
        thread=thread,
        reply_to=reply_to,
        is_secret=is_secret,
        wait=wait,
    )


def enqueue(
    *,
    template: str,
    address: str,
    subject: str,
    text: str,
    html: str = "",
    organisation: Organisation | None = None,
    membership: Membership | None = None,
    occurrence: str = "",
    thread: str = "",
    reply_to: str = "",
    is_secret: bool = False,
    wait: timedelta = NO_WAIT,
) -> Mail:
    """Put a rendered mail into the outbox; its styles are inlined here. See `post`."""
    key, address = uuid.uuid4().hex, address.lower()
    now = clock.now()
    mail, _created = Mail.objects.get_or_create(
        occurrence=occurrence or key,
        address=address,
        defaults={
            "template": template,
            "organisation": organisation,
            "membership": membership,
            "sender_name": sender_name(organisation)[:300],
            "reply_to": reply_to,
            "subject": " ".join(subject.split())[:300],
            "text": text.strip() + "\n",
            "html": _inliner.inline(html) if html else "",
            "thread": thread,
            "is_secret": is_secret,
            "message_id": f"<{key}@{urlsplit(settings.BASE_URL).hostname}>",
            "created_at": now,
            "not_before": now + wait,
        },
    )
    wake_after_commit()
    return mail


def wake_after_commit() -> None:
    """Wake a worker once, however many mails the transaction posts; a broker that is away is logged, not raised: the
    next wake of beat finds the rows."""
    if not any(entry[1] == deliver.delay for entry in connection.run_on_commit):
        transaction.on_commit(deliver.delay, robust=True)
