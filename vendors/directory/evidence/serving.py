"""Files of evidence, handed out to whoever may see the piece they belong to."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import LARGEST_ID, acts_on
from outsourcing.files import serving
from outsourcing.files.models import File
from vendors.directory.evidence.shown import has_open_photos
from vendors.directory.models import Certificate, Evidence, SamplePhoto, WorkSample


@require_safe
@acts_on(WorkSample)
def sample_file(request: UserRequest, sample: WorkSample) -> HttpResponse:
    """The file of a sample, to be saved."""
    return serving.download(file_of(sample))


@require_safe
@acts_on(WorkSample)
def sample_thumbnail(request: UserRequest, sample: WorkSample) -> HttpResponse:
    """The small picture of a sample that is one."""
    return serving.thumbnail(file_of(sample))


@require_safe
@acts_on(WorkSample)
def sample_photo(request: UserRequest, sample: WorkSample, file: int) -> HttpResponse:
    """A photo of a parcel, to be saved."""
    return serving.download(photo_of(sample, file, request))


@require_safe
@acts_on(WorkSample)
def photo_thumbnail(request: UserRequest, sample: WorkSample, file: int) -> HttpResponse:
    """The small picture of a photo of a parcel."""
    return serving.thumbnail(photo_of(sample, file, request))


@require_safe
@acts_on(Certificate)
def certificate_file(request: UserRequest, certificate: Certificate) -> HttpResponse:
    """The paper itself, to be saved."""
    return serving.download(file_of(certificate))


def file_of(piece: WorkSample | Certificate) -> File:
    """The file of a piece; 404 where it has none or was taken back."""
    if is_gone(piece) or piece.file is None:
        raise Http404
    return piece.file


def photo_of(sample: WorkSample, file: int, request: UserRequest) -> File:
    """One photo of a parcel; 404 where it is another's, and for everybody but whose sample it is."""
    if is_gone(sample) or file > LARGEST_ID or not has_open_photos(sample, request.acting):
        raise Http404
    found = SamplePhoto.objects.filter(sample=sample, file=file).select_related("file").first()
    if found is None:
        raise Http404
    return found.file


def is_gone(piece: Evidence) -> bool:
    """Whether it was taken back: nobody sees it or its file any more."""
    return piece.removed_at is not None
