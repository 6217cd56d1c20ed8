"""What somebody is writing, kept while they write, with the files that they have put in; gone once it is sent."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.conversations.errors import AlreadySent, MayNotWrite, TooManyFiles
from outsourcing.conversations.models import Attachment, Draft, Entry, InternalNote, Thread
from outsourcing.conversations.models.entries import LONGEST
from outsourcing.files import kinds, storage
from outsourcing.files.models import File

#: Files of one entry, and of one form.
MOST_FILES = 10
#: What of the form is kept beside the words, and how much of each.
FIELDS = ("kind", "about", "wanted_by", "call_with", "called_at", "call_minutes", "subject", "to", "of")
TICKS = ("asks", "in_words", "confirm", "is_blocking")
LONGEST_FIELD = 200


@dataclass(frozen=True)
class Place:
    """Where a draft belongs: a thread, or a new one to a counterpart, or to somebody still to be chosen."""

    thread: Thread | None = None
    counterpart: Organisation | None = None

    @property
    def fields(self) -> dict[str, Any]:
        return {"thread": self.thread, "counterpart": self.counterpart}


def draft_of(by: Membership, place: Place) -> Draft | None:
    """What one was writing there. Three queries where there is something, else one."""
    draft = Draft.objects.visible_to(by).filter(**place.fields).first()
    return None if draft is None or was_sent(by, draft.key) else draft


def initial(draft: Draft | None) -> dict[str, Any]:
    """What the form begins with; its key too, so that what is sent from two tabs is sent once."""
    return {**draft.fields, "text": draft.text, "key": draft.key} if draft else {}


def files_of(draft: Draft | None) -> list[Attachment]:
    """The files of a draft, in the order in which they came. One query where there is a draft."""
    return list(draft.attachments.select_related("file").order_by("file__created_at", "pk")) if draft else []


@transaction.atomic
def save(by: Membership, place: Place, said: Mapping[str, str], key: uuid.UUID, *, at: datetime) -> Draft | None:
    """Keep the fields of a form as they are; nothing is kept of an empty one, nor of one that was sent meanwhile."""
    if was_sent(by, key):
        return None
    text = said.get("text", "").replace("\x00", "")[:LONGEST]
    mine = Draft.objects.visible_to(by).filter(**place.fields)
    if not text.strip() and not said.get("subject", "").strip():
        mine.filter(attachments=None).delete()
        if not mine.exists():
            return None
    fields: dict[str, Any] = {name: said.get(name, "").replace("\x00", "")[:LONGEST_FIELD] for name in FIELDS}
    fields = {name: value for name, value in fields.items() if value} | {name: name in said for name in TICKS}
    draft, _is_new = Draft.objects.update_or_create(
        membership=by,
        **place.fields,
        defaults={"text": text, "fields": fields, "key": key, "saved_at": at},
    )
    return draft


@transaction.atomic
def attach(by: Membership, place: Place, upload: UploadedFile, key: uuid.UUID, *, at: datetime) -> Attachment:
    """Put a file into the draft, which is begun with it where there is none. Raises Refused, TooManyFiles, AlreadySent.

    A draft of an older form takes it too: the form that is sent names its files.
    """
    if was_sent(by, key):
        raise AlreadySent(_("This was sent already: reload the page, then add the file."))
    draft, _is_new = Draft.objects.get_or_create(membership=by, **place.fields, defaults={"key": key, "saved_at": at})
    draft = Draft.objects.select_for_update().get(pk=draft.pk)
    if draft.attachments.count() >= MOST_FILES:
        raise TooManyFiles(_("Send %(most)s files at a time.") % {"most": MOST_FILES})
    return Attachment.objects.create(file=kept(upload, by=by, at=at), draft=draft)


@transaction.atomic
def remove(attachment: Attachment, *, by: Membership) -> None:
    """Take a file out of one's draft again. Raises AlreadySent for one of an entry, MayNotWrite for anybody else's."""
    found = Attachment.objects.select_for_update(of=("self",)).select_related("file", "draft").get(pk=attachment.pk)
    if found.draft is None:
        raise AlreadySent(_("This file was sent and stays."))
    if found.draft.membership_id != by.pk:
        raise MayNotWrite(_("This file is a colleague's."))
    found.delete()
    storage.discard(found.file)


def take(by: Membership, key: uuid.UUID, attached: Sequence[int] | None, **of: Entry | InternalNote) -> None:
    """What was sent has its draft's files: those that the form named, or all of its draft where it named none.

    The draft is gone; one with a file that came from another tab is left with that alone.
    """
    own = Attachment.objects.filter(draft__membership=by)
    chosen = own.filter(draft__key=key) if attached is None else own.filter(pk__in=attached)
    chosen.update(draft=None, **of)
    draft = Draft.objects.filter(membership=by, key=key).first()
    if draft is not None and draft.attachments.exists():
        draft.text, draft.fields, draft.key = "", {}, uuid.uuid4()
        draft.save(update_fields=["text", "fields", "key"])
    elif draft is not None:
        draft.delete()


def was_sent(by: Membership, key: uuid.UUID) -> bool:
    """Whether a form with this key became an entry or a note."""
    notes = InternalNote.objects.filter(author=by, key=key)
    return Entry.objects.sent_by(by, key).exists() or notes.exists()


def kept(upload: UploadedFile, *, by: Membership, at: datetime) -> File:
    """A file, checked and kept. Raises Refused."""
    return storage.keep(upload, by=by, organisation=by.organisation, at=at, kinds=kinds.DOCUMENTS)
