"""Pictures, drawn anew: what a phone writes beside the points of light (where, when, whose) is left behind."""

import io
import struct
from dataclasses import dataclass
from functools import cache

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from outsourcing.files.errors import Refused
from outsourcing.files.kinds import KEPT_AS

#: More than the cameras of phones give; each takes four bytes of memory while it is drawn.
LARGEST_PICTURE = 64_000_000
THUMBNAIL = (480, 480)


@dataclass(frozen=True)
class Picture:
    """A picture as it is kept, and the small one beside it."""

    content_type: str
    content: bytes
    thumbnail: bytes
    width: int
    height: int


@cache
def learn_heic() -> None:
    """Have Pillow read what phones take; its library is 6 MB that a process that draws nothing does not hold."""
    import pillow_heif

    pillow_heif.register_heif_opener()


def clean(content: bytes) -> Picture:
    """Draw the picture anew, upright and without what was written beside it; Refused where it cannot be read."""
    learn_heic()
    try:
        with Image.open(io.BytesIO(content), formats=list(KEPT_AS)) as source:
            if source.width * source.height > LARGEST_PICTURE:
                raise too_many_points()
            kept_as = KEPT_AS[source.format or ""]
            source.load()
            image = flattened(ImageOps.exif_transpose(source), kept_as)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise too_many_points() from None
    except (OSError, SyntaxError, ValueError, KeyError, IndexError, TypeError, RuntimeError, EOFError, struct.error):
        raise Refused(_("The picture cannot be read: save it again as JPEG or PNG and choose the new one.")) from None
    small = image.copy()
    small.thumbnail(THUMBNAIL)
    drawn, thumbnail = encoded(image, kept_as), encoded(small, kept_as)
    return Picture(f"image/{kept_as.lower()}", drawn, thumbnail, image.width, image.height)


def too_many_points() -> Refused:
    """The refusal of a picture that would fill the memory."""
    return Refused(_("The picture has too many points: make it smaller and choose the new one."))


def flattened(image: Image.Image, kept_as: str) -> Image.Image:
    """The points alone, transparent ones where the format has them."""
    clear = kept_as != "JPEG" and image.has_transparency_data
    flat = image.convert("RGBA" if clear else "RGB")
    flat.info = {}
    return flat


def encoded(image: Image.Image, kept_as: str) -> bytes:
    """The bytes of `image`."""
    out = io.BytesIO()
    image.save(out, kept_as, **({} if kept_as == "PNG" else {"quality": 88}))
    return out.getvalue()
