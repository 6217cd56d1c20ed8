"""Files that a vendor hands in with its answer: put there while drafting, kept with each answer that was sent so."""

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from outsourcing.files import storage
from outsourcing.files.kinds import DOCUMENTS
from vendors.sourcing.answering.submitting import mine, see_that_it_answers, see_that_it_is_not_over
from vendors.sourcing.errors import TooMany
from vendors.sourcing.models import AnswerFile, Candidate

MOST = 20


@transaction.atomic
def add(candidate: Candidate, upload: UploadedFile, *, title: str, by: Membership, at: datetime) -> AnswerFile:
    """Keep a file for the answer. Raises NoLongerOpen, NotYours, TooMany, and Refused for a file."""
    candidate = mine(candidate, by)
    see_that_it_is_not_over(candidate.brief)
    see_that_it_answers(candidate)
    if candidate.files.filter(removed_at=None).count() >= MOST:
        raise TooMany(_("An answer takes %(most)s files at most.") % {"most": MOST})
    file = storage.keep(upload, by=by, organisation=by.organisation, at=at, kinds=DOCUMENTS)
    return AnswerFile.objects.create(candidate=candidate, file=file, title=title, added_by=by, added_at=at)


@transaction.atomic
def remove(file: AnswerFile, *, by: Membership, at: datetime) -> None:
    """Take it out of what is being written. Raises NotYours."""
    mine(file.candidate, by)
    AnswerFile.objects.filter(pk=file.pk, removed_at=None).update(removed_at=at)
