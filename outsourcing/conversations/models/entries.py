"""What is said in a thread. Public entries and internal notes are different tables: no missing filter mixes them."""

import hashlib
import uuid
from datetime import datetime
from typing import ClassVar, Self

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.conversations.models.threads import Side, Thread
from outsourcing.conversations.models.turns import Turn
from outsourcing.files.models import File
from outsourcing.shared.keys import Unguessable

#: Characters of one entry: more is a file.
LONGEST = 20_000


class Kind(models.TextChoices):
    """What an entry is; internal notes are rows of their own."""

    MESSAGE = "message", _("Message")
    QUESTION = "question", _("Question")
    INSTRUCTION = "instruction", _("Instruction")
    CALL_NOTE = "call_note", _("Call note")
    SUBMISSION = "submission", _("Submission")
    SYSTEM = "system", _("System")


class Asks(models.TextChoices):
    """What an entry asks the other side for; nothing where empty."""

    ANSWER = "answer", _("An answer")
    ACKNOWLEDGEMENT = "acknowledgement", _("An acknowledgement")


class Channel(models.TextChoices):
    """How something reached us outside."""

    PHONE = "phone", _("Phone")
    EMAIL = "email", _("Email")
    IN_PERSON = "in_person", _("In person")
    CHAT = "chat", _("Chat")
    POST = "post", _("Post")


class Recorded(models.Model):
    """What a merchant may write down for a vendor who does not use the portal, and the vendor may object to later."""

    channel = models.CharField(_("how it came"), max_length=10, choices=Channel, blank=True)
    received_at = models.DateTimeField(_("received at"), null=True, blank=True)
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    objected_at = models.DateTimeField(null=True, blank=True)
    objected_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    objection = models.CharField(_("what is wrong with it"), max_length=1000, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(recorded_by=None, channel="", received_at=None)
                | Q(recorded_by__isnull=False, received_at__isnull=False) & ~Q(channel=""),
                name="%(class)s_recorded_says_how_and_when",
            ),
            models.CheckConstraint(
                condition=Q(objected_at=None, objected_by=None)
                | Q(objected_at__isnull=False, objected_by__isnull=False, recorded_by__isnull=False),
                name="%(class)s_objection_is_to_what_was_recorded",
            ),
        ]


def digest(text: str) -> str:
    """What an acknowledgement remembers of a text: its SHA-256 in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


class EntryQuerySet(models.QuerySet["Entry"]):
    def visible_to(self, acting: Membership) -> Self:
        """Those of threads of the organisation that one acts for."""
        side = Side.MERCHANT if acting.organisation.is_merchant else Side.VENDOR
        return self.filter(**{f"thread__{side}": acting.organisation_id}).select_related("thread")

    def sent_by(self, writer: Membership, key: uuid.UUID) -> Self:
        """That which a form of this writer's made, by the index of entry_sent_once."""
        return self.alias(writer=Coalesce("recorded_by", "author")).filter(writer=writer.pk, key=key)

    def instructions(self) -> Self:
        return self.filter(kind=Kind.INSTRUCTION)

    def in_force(self) -> Self:
        """Those that were not taken back; their latest text is what holds."""
        return self.filter(withdrawal=None)


class Entry(Unguessable, Recorded):
    """One public entry of a thread, numbered from 1 without a gap, kept for good; an edit keeps the earlier text.

    `side` is whose words it are, `author` the person (None for the system's, and for a recorded one of nobody named).
    `created_at` is when our server had it; `key` was made by the form, so that sending it twice stores it once.
    """

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=Kind)
    side = models.CharField(max_length=8, choices=Side, blank=True)
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    text = models.TextField(_("text"), max_length=LONGEST)
    version = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    key = models.UUIDField(default=uuid.uuid4)
    after_close = models.BooleanField(default=False)

    asks = models.CharField(max_length=15, choices=Asks, blank=True)
    is_blocking = models.BooleanField(_("work stands still until then"), default=False)
    wanted_by = models.DateField(_("wanted by"), null=True, blank=True)
    turn = models.ForeignKey(Turn, on_delete=models.PROTECT, related_name="entries", null=True, blank=True)
    about = models.ForeignKey("self", on_delete=models.PROTECT, related_name="questions", null=True, blank=True)

    call_with = models.CharField(_("with whom"), max_length=200, blank=True)
    called_at = models.DateTimeField(_("when"), null=True, blank=True)
    call_minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)

    search = SearchVectorField(null=True, editable=False)

    objects: ClassVar[EntryQuerySet] = EntryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Recorded.Meta):
        ordering = ("thread", "number")
        verbose_name_plural = "entries"
        constraints = [
            *Recorded.Meta.constraints,
            models.UniqueConstraint(fields=["thread", "number"], name="entry_number_unique"),
            models.UniqueConstraint(Coalesce("recorded_by", "author"), "key", name="entry_sent_once"),
            models.CheckConstraint(condition=~Q(text=""), name="entry_not_empty"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="entry_kind_known"),
            models.CheckConstraint(
                condition=Q(kind="system", side="", author=None, recorded_by=None, asks="")
                | ~Q(kind="system") & Q(side__in=Side.values),
                name="entry_of_a_side_or_the_system",
            ),
            models.CheckConstraint(
                condition=Q(kind="system") | Q(author__isnull=False) | Q(recorded_by__isnull=False),
                name="entry_of_somebody",
            ),
            models.CheckConstraint(
                condition=Q(recorded_by=None) | Q(side="vendor", received_at__lte=F("created_at")),
                name="entry_recorded_for_the_vendor",
            ),
            models.CheckConstraint(condition=Q(asks__in=["", *Asks.values]), name="entry_asks_known"),
            models.CheckConstraint(
                condition=~Q(asks="") | Q(is_blocking=False, wanted_by=None), name="entry_wanted_by_asks"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["question", "instruction"]) | ~Q(asks=""), name="entry_question_asks"
            ),
            models.CheckConstraint(
                condition=~Q(asks="acknowledgement") | Q(kind__in=["instruction", "call_note"]),
                name="entry_acknowledged_is_instruction_or_call",
            ),
            models.CheckConstraint(
                condition=Q(kind="call_note", called_at__isnull=False)
                | ~Q(kind="call_note") & Q(called_at=None, call_minutes=None, call_with=""),
                name="entry_call_note_says_when",
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="entry_search", fastupdate=False),
            models.Index(fields=["thread", "-number"], condition=Q(kind="instruction"), name="entry_instructions"),
        ]
        triggers = [
            pgtrigger.Protect(name="kept_for_good", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="kept_as_said",
                exclude=["text", "version", "edited_at", "turn", "objected_at", "objected_by", "objection", "search"],
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def heard_at(self) -> datetime:
        """When the other side had it: the recorded receipt, else our server's."""
        return self.received_at or self.created_at

    @property
    def is_recorded(self) -> bool:
        return self.recorded_by_id is not None

    @property
    def digest(self) -> str:
        return digest(self.text)


class EntryVersion(models.Model):
    """An earlier text of an entry; the latest stands in the entry itself."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    written_at = models.DateTimeField()

    class Meta:
        ordering = ("entry", "number")
        constraints = [models.UniqueConstraint(fields=["entry", "number"], name="entry_version_unique")]
        triggers = [pgtrigger.Protect(name="kept_as_it_was", operation=pgtrigger.Delete | pgtrigger.Update)]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def digest(self) -> str:
        return digest(self.text)


class InternalNoteQuerySet(models.QuerySet["InternalNote"]):
    def visible_to(self, acting: Membership) -> Self:
        """Those of the organisation that one acts for, and of nobody else."""
        return self.filter(organisation=acting.organisation_id)


class InternalNote(Unguessable):
    """Words beside a thread for the writer's own side alone. It opens no turn, has no receipts, and is never mailed.

    `after` is the number of the public entry that it stands behind, 0 at the very start.
    """

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    after = models.PositiveIntegerField()
    text = models.TextField(_("text"), max_length=LONGEST)
    created_at = models.DateTimeField()
    key = models.UUIDField(default=uuid.uuid4)
    search = SearchVectorField(null=True, editable=False)

    objects: ClassVar[InternalNoteQuerySet] = InternalNoteQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("thread", "after", "created_at", "pk")
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="internal_note_not_empty"),
            models.UniqueConstraint(fields=["author", "key"], name="internal_note_sent_once"),
        ]
        indexes = [
            models.Index(fields=["thread", "organisation", "after"], name="internal_note_of_thread"),
            GinIndex(fields=["search"], name="internal_note_search", fastupdate=False),
        ]
        triggers = [pgtrigger.Protect(name="note_kept_for_good", operation=pgtrigger.Delete | pgtrigger.Update)]

    def __str__(self) -> str:
        return self.text[:80]


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, acting: Membership) -> Self:
        """One's own."""
        return self.filter(membership=acting)


class Draft(Unguessable):
    """What somebody is writing, in a thread or towards a new one; `fields` are the other fields of the form by name."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    counterpart = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    text = models.TextField(blank=True, max_length=LONGEST)
    fields = models.JSONField(default=dict, blank=True)
    key = models.UUIDField(default=uuid.uuid4)
    saved_at = models.DateTimeField()

    objects: ClassVar[DraftQuerySet] = DraftQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["membership", "thread"], condition=Q(thread__isnull=False), name="draft_one_a_thread"
            ),
            models.UniqueConstraint(
                fields=["membership", "counterpart"],
                condition=Q(thread=None),
                nulls_distinct=False,
                name="draft_one_a_counterpart",
            ),
            models.CheckConstraint(
                condition=Q(thread=None) | Q(counterpart=None), name="draft_of_a_thread_or_a_counterpart"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, acting: Membership) -> Self:
        """Those of public entries of one's threads, of one's side's internal notes, and of one's own drafts."""
        side = Side.MERCHANT if acting.organisation.is_merchant else Side.VENDOR
        return self.filter(
            Q(**{f"entry__thread__{side}": acting.organisation_id})
            | Q(note__organisation=acting.organisation_id)
            | Q(draft__membership=acting)
        )


class Attachment(Unguessable):
    """A file of an entry, or of an internal note, or of a draft until that is sent."""

    file = models.OneToOneField(File, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="attachments", null=True, blank=True)
    note = models.ForeignKey(InternalNote, on_delete=models.PROTECT, related_name="attachments", null=True, blank=True)
    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="attachments", null=True, blank=True)

    objects: ClassVar[AttachmentQuerySet] = AttachmentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(entry__isnull=False, note=None, draft=None)
                | Q(entry=None, note__isnull=False, draft=None)
                | Q(entry=None, note=None, draft__isnull=False),
                name="attachment_of_one_thing",
            )
        ]

    def __str__(self) -> str:
        return self.file.name
