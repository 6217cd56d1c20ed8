"""What files are called in a ZIP: nothing in a name can lead out of the folder that it is unpacked to."""

import re
from pathlib import PurePosixPath

from django.utils.text import slugify

from outsourcing.files.models import File


def name_in_zip(file: File) -> str:
    """Its key, so that no two are called alike, and what people called it, of which letters, digits and dashes are
    left: "files/8123-price-list.pdf"."""
    name = PurePosixPath(file.name.replace("\\", "/")).name
    stem, dot, ending = name.rpartition(".")
    stem, ending = (stem, ending) if dot else (ending, "")
    words = slugify(stem, allow_unicode=True)[:80].strip("-_") or "file"
    kind = re.sub("[^a-z0-9]", "", ending.lower())[:8]
    return f"files/{file.pk}-{words}{'.' if kind else ''}{kind}"
