"""Handing bytes out, for the room that has checked who asks."""

import logging

from django.http import FileResponse, Http404, HttpResponse
from django.utils.http import content_disposition_header

from outsourcing.files.models import File
from outsourcing.files.storage import path

logger = logging.getLogger(__name__)


def download(file: File) -> HttpResponse:
    """The file under its name, to be saved and not shown."""
    return served(file, file.key, attachment=True)


def stream(file: File) -> HttpResponse:
    """A large file under its name, read as it is sent; 404 and a line in the log where its bytes are missing."""
    try:
        stored = path(file.key).open("rb")
    except OSError:
        logger.error("File %s has no bytes under %s.", file.pk, file.key)
        raise Http404 from None
    response = FileResponse(stored, as_attachment=True, filename=file.name, content_type=file.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response  # type: ignore[return-value]  # Django answers with either; views promise the common one


def thumbnail(file: File) -> HttpResponse:
    """The small picture, for pages; 404 where the file is no picture."""
    if not file.is_picture:
        raise Http404
    return served(file, file.thumbnail_key, attachment=False)


def served(file: File, key: str, *, attachment: bool) -> HttpResponse:
    """The bytes under `key`; 404 and a line in the log where they are missing."""
    try:
        content = path(key).read_bytes()
    except OSError:
        logger.error("File %s has no bytes under %s.", file.pk, key)
        raise Http404 from None
    response = HttpResponse(content, content_type=file.content_type)
    response["Content-Disposition"] = content_disposition_header(attachment, file.name) or "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store" if attachment else "private, max-age=3600"
    return response
