"""What this room holds: what merchants keep about vendors is theirs alone, what vendors say of themselves is theirs."""

from collections.abc import Callable, Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from outsourcing.shared.holdings import GONE, MEMBERSHIP, About, Closing, Keys, Told, holds
from vendors.directory.models import (
    Capability,
    Certificate,
    Contact,
    Enquiry,
    Evidence,
    EvidenceRequest,
    FacetTally,
    FacetValue,
    Import,
    Judgement,
    Listing,
    Note,
    Partner,
    Pick,
    Reference,
    ReferenceAnswer,
    Relationship,
    Relisting,
    RequestedItem,
    SamplePhoto,
    SavedSearch,
    Site,
    Tag,
    Tagging,
    Testimonial,
    Vendor,
    Word,
    WorkSample,
)

#: Of what the keys of an erasure are: one who was asked, and the rows that name them.
ENQUIRY, REFERENCE, TESTIMONIAL, PARTNER = "enquiry", "reference", "testimonial", "partner"
#: And references whose words go too.
WORDS = "reference's words"
MADE_ANEW = _("It is made anew from other rows.")
#: What a merchant thinks of a piece that a vendor handed to it, and what became of it there.
MERCHANTS_WORD = ("level", "level_reason", "is_shared", "removed_at")


def kept_by(path: str = "") -> Callable[[Keys], Q]:
    """Vendors that one merchant added and nobody has claimed: they are that merchant's, with all that is said of
    them."""
    return lambda merchants: Q(**{f"{path}added_by__in": merchants, f"{path}claimed_at": None})


def said_by_itself(path: str = "") -> Callable[[Keys], Q]:
    """What vendors say of themselves, and what they handed to somebody."""

    def of(vendors: Keys) -> Q:
        handed = Q(**{f"{path}created_by__organisation__in": vendors})
        return Q(**{f"{path}vendor__organisation__in": vendors}) & (Q(**{f"{path}merchant": None}) | handed)

    return of


def known_by(path: str = "") -> Callable[[Keys], Q]:
    """A merchant's own, and what it wrote down of a vendor that only it knows."""
    only = kept_by(f"{path}vendor__")
    return lambda merchants: Q(**{f"{path}merchant__in": merchants}) | only(merchants)


def piece(model: type[Evidence], kind: str = "", *, hidden: Sequence[str] = (), **personal: str) -> None:
    """One kind of evidence; `hidden` from vendors besides, `personal` fields are emptied when who they name asks.

    What a vendor handed to a merchant is both's.
    """
    holds(
        model,
        merchant=known_by(),
        vendor=said_by_itself(),
        not_for_vendor=[*MERCHANTS_WORD, *hidden],
        people=[About(kind, "id", **personal)] if kind else [],
        emptied={"merchant": {name: "" for name in hidden if name.startswith("verdict")}},
    )


holds(FacetValue, left_out=_("The catalogue is everybody's."), label=["name"])
holds(
    Vendor,
    merchant=kept_by(),
    vendor="organisation",
    label=["organisation__name"],
    more={"name": "organisation__name"},
    hidden=["domain", "asked_to_look_at"],
    not_for_vendor=["added_by", "added_at", "withheld_at", "merged_into"],
    closing=Closing.GOES,
    emptied={
        "vendor": {
            **dict.fromkeys(["tagline", "description", "hours", "website", "domain"], ""),
            **dict.fromkeys(
                ["logo", "orders_from", "orders_to", "minimum", "price_from", "price_to", "contract_months",
                 "notice_days", "cut_off", "people", "founded"],
            ),
            "links": [],
        }
    },
)  # fmt: skip
for part in (Site, Capability):
    holds(part, merchant=kept_by("vendor__"), vendor="vendor__organisation", through="vendor", closing=Closing.GOES)
holds(Relationship, merchant="merchant")
holds(Note, merchant="merchant")
holds(Tag, merchant="merchant")
holds(Tagging, merchant="tag__merchant", through="tag")
holds(
    Contact,
    merchant="merchant",
    more={"name": "membership__name", "email": "membership__email", "phone": "membership__phone"},
    hidden=["membership"],
    people=[About(MEMBERSHIP, "membership", about="")],
)
holds(SavedSearch, merchant="membership__organisation", people=[About(MEMBERSHIP, "membership")])
holds(Import, merchant="merchant", told=[Told("problems", "preview", "failure")])

# ---- What is asked of vendors, and why one may believe them --------------------------------------------------------
holds(EvidenceRequest, merchant="merchant", vendor="vendor__organisation")
holds(
    RequestedItem,
    merchant="request__merchant",
    vendor="request__vendor__organisation",
    not_for_vendor=["verdict", "verdict_text", "judged_at", "judged_by"],
    told=[Told("sent_by")],
    emptied={"merchant": {"verdict_text": ""}},
)
holds(Judgement, merchant="item__request__merchant", through="item")
piece(Reference, REFERENCE, hidden=["state", "channel", "contacted_on"],
      name="", role="", company="", email="", phone="", website="", product_type="")  # fmt: skip
piece(Testimonial, TESTIMONIAL, person="", role="", email="")
piece(Partner, PARTNER, email="")
piece(WorkSample, hidden=["verdict", "verdict_text", "judged_at"])
piece(Certificate)
holds(
    SamplePhoto,
    merchant=known_by("sample__"),
    vendor=said_by_itself("sample__"),
    through="sample",
)
holds(Pick, merchant="item__request__merchant", vendor="item__request__vendor__organisation", through="item")
holds(
    ReferenceAnswer,
    merchant="reference__merchant",
    people=[About(WORDS, "reference", went_wrong="", text="", why_left="", conflict="")],
)
holds(
    Enquiry,
    merchant="asker",
    hidden=["secret", "mail", "draft"],
    people=[
        About(ENQUIRY, "id", email=GONE, name="", message="", draft={}, said_by="", comment="", declined_reason=""),
    ],
)

# ---- What search reads ---------------------------------------------------------------------------------------------
holds(Listing, merchant="merchant", left_out=MADE_ANEW)
holds(Word, merchant="merchant", left_out=MADE_ANEW)
holds(FacetTally, left_out=MADE_ANEW)
holds(Relisting, left_out=MADE_ANEW)
