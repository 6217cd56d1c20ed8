"""What the demo's vendors show, with small files that are really there."""

import io
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from outsourcing.accounts.models import Membership
from outsourcing.files.kinds import DOCUMENTS
from outsourcing.files.models import File
from outsourcing.files.storage import keep
from vendors.directory.evidence.levels import level_of
from vendors.directory.models import Certificate, FacetValue, Partner, SamplePhoto, Testimonial, Vendor, WorkSample

#: Title, what it is, and how it is shown: a picture of boxes in some colour, a sheet with lines, or a link.
SAMPLES = [
    ("Six stoneware mugs, packed", "Card and paper, no plastic. Dropped from one metre: all whole.", "#b98a5a"),
    ("Weekly report of picking errors", "As every client gets it on Monday at nine.", "sheet"),
    ("A gift box with a handwritten note", "Two hundred a week before Christmas.", "#7a4b57"),
    ("Returns sheet from the bench", "What came back, in what state, and what became of it.", "sheet"),
    ("Along the packing line", "A walk of two minutes, filmed in spring.", "link"),
    ("Inbound checklist", "Each pallet is counted the day it lands.", "sheet"),
    ("Candles for the summer post", "Cooled liners from May to September.", "#4f6b5c"),
]
WORDS = [
    ("Our peak went without a hitch, and they rang before we did.", "Jo Marsh", "founder", "Fenwick Mugs"),
    ("The error report comes every Monday. It has been right each time.", "Sunil Rao", "owner", "Lowlight Glass"),
    ("They turned down what they could not pack well. I trust them for it.", "Grete Aalto", "supply chain", "Norlin"),
]  # fmt: skip
PARTNERS = [
    ("Royal Mail", "carrier", 2019),
    ("Shopify", "platform", 2020),
    ("Lowlight Glass", "client", 2023),
    ("DPD", "carrier", 2021),
]
#: How many days from now those of the first vendor end (each next one's ten weeks later), who issued them, and whether
#: the paper itself is there.
CERTIFICATES = [
    ("iso-9001", 400, "Albion Assurance", "Q 612 884", True),
    ("brcgs-storage", 20, "Severn Inspection", "SD-20771", True),
    ("living-wage", -12, "Fair Pay Register", "", False),
    ("iso-14001", 500, "Albion Assurance", "E 612 885", False),
]


def show(
    vendor: Vendor, number: int, counts: tuple[int, int], values: dict[tuple[str, str], FacetValue], at: datetime
) -> None:
    """Evidence of the `number`th vendor, as its own word: so many samples and certificates (`counts`)."""
    said: dict[str, Any] = {"vendor": vendor, "created_at": at - timedelta(days=200 - 9 * number)}
    samples, certificates = counts
    for step in range(samples):
        title, about, look = SAMPLES[(number + step) % len(SAMPLES)]
        save(WorkSample(title=title, description=about, **shape(vendor, title, look, at), **said))
    for slug, days, issuer, given, has_paper in CERTIFICATES[:certificates]:
        value, ends = values["certificate", slug], at.date() + timedelta(days=days + 70 * number)
        paper = paper_of(vendor, value.name, issuer, ends, at) if has_paper else None
        named = {"value": value, "name": value.name, "issuer": issuer, "number": given}
        dates = {"issued_on": ends - timedelta(days=730), "expires_on": ends}
        save(Certificate(**named, **dates, file=paper, **said))
    for quote, person, role, company in WORDS[: 1 + number % 3]:
        save(Testimonial(quote=quote, person=person, role=role, company=company, **said))
    for name, kind, since in PARTNERS[: 2 + number % 3]:
        save(Partner(name=name, kind=kind, since=since, **said))


def receive_parcel(vendor: Vendor, by: Membership, at: datetime) -> None:
    """A parcel that came to a merchant, with a photo that it took."""
    parcel = WorkSample(
        vendor=vendor,
        merchant=by.organisation,
        created_by=by,
        created_at=at - timedelta(days=20),
        title="Trial parcel: our blue bowl",
        description="410 g of card and paper. Arrived whole, a day early.",
        form=WorkSample.Form.PHYSICAL,
        arrived_on=(at - timedelta(days=21)).date(),
    )
    save(parcel)
    SamplePhoto.objects.create(sample=parcel, file=file_of(picture("#496a8f"), "blue-bowl.png", at, by=by))


def save(piece: Any) -> None:
    """With the level that follows from it."""
    piece.level = level_of(piece)
    piece.save()


def shape(vendor: Vendor, title: str, look: str, at: datetime) -> dict[str, Any]:
    """A sample as a link, or with a file drawn for it."""
    if look == "link":
        return {"form": WorkSample.Form.LINK, "url": f"{vendor.website}/work"}
    stem = title.lower().replace(",", "").replace(" ", "-")
    lines = [
        title,
        vendor.name,
        "",
        *[f"Week {week}: {1200 + 37 * week} lines, {week % 3} errors" for week in range(40, 46)],
    ]
    content, ending = (sheet(lines), "pdf") if look == "sheet" else (picture(look), "png")
    file = file_of(content, f"{stem}.{ending}", at, vendor=vendor)
    return {"form": WorkSample.Form.FILE, "file": file}


def paper_of(vendor: Vendor, name: str, issuer: str, ends: date, at: datetime) -> File:
    """A certificate as a page."""
    lines = [issuer, "", f"Certificate: {name}", vendor.name, f"Valid until {ends:%d.%m.%Y}"]
    return file_of(sheet(lines), f"{name}.pdf", at, vendor=vendor)


def file_of(
    content: bytes, name: str, at: datetime, *, vendor: Vendor | None = None, by: Membership | None = None
) -> File:
    """These bytes, kept as everybody's are."""
    whose = vendor or by
    organisation = whose.organisation if whose else None
    return keep(SimpleUploadedFile(name, content), by=by, organisation=organisation, at=at, kinds=DOCUMENTS)


def picture(colour: str) -> bytes:
    """A few boxes on a bench, as PNG."""
    image = Image.new("RGB", (640, 480), "#ece4d3")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 380, 640, 480), fill="#cbb998")
    for left, top, size in ((70, 210, 170), (260, 150, 230), (510, 280, 100)):
        draw.rectangle((left, top, left + size, 380), fill=colour, outline="#4a3b28", width=3)
        draw.rectangle((left + size * 2 // 5, top, left + size * 3 // 5, 380), fill="#e3d5b5")
    return encoded(image, "PNG")


def sheet(lines: list[str]) -> bytes:
    """Lines of text on a page, as PDF."""
    image = Image.new("RGB", (620, 877), "white")
    draw = ImageDraw.Draw(image)
    for row, line in enumerate(lines):
        draw.text((60, 80 + 34 * row), line, fill="#1d1b17", font_size=20)
    return encoded(image, "PDF")


def encoded(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()
