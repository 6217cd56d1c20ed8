"""A file that somebody handed in, as a row beside its bytes."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.shared.keys import Unguessable


class File(Unguessable):
    """Bytes on disk under `key`, written before this row; who may read them is said by the room that points here.

    `name` is what the person called it, `content_type` what its content is. Pictures have a size in pixels, no
    location data, and a thumbnail beside them.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    uploaded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    key = models.CharField(max_length=64, unique=True)
    thumbnail_key = models.CharField(max_length=64, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager["File"]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="file_name_not_empty"),
            models.CheckConstraint(condition=Q(size__gt=0), name="file_not_empty"),
        ]
        # As icontains asks for it.
        indexes = [GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="file_name_part")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        return bool(self.thumbnail_key)
