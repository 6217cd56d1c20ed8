"""The volumes of a brief that have no column of their own (reference/vendors.md 4.4): what is typed, in one place."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

#: Field by field: its label, and an example. Texts, since ranges are better than false precision.
FIELDS = {
    "channels": (_("Share by channel"), _("Own shop 70 %, marketplace 30 %")),
    "units": (_("Units an order"), _("1: 55 %, 2: 25 %, 3 to 5: 15 %, more: 5 %")),
    "parcels": (_("Parcels, weight and size"), _("Most 1 to 3 kg, shoe box")),
    "zones": (_("Where they go"), _("UK 85 %, EU 15 %")),
    "skus": (_("Products"), _("310 active, 12 new a month")),
    "stock": (_("Stock on hand"), _("180 pallets, 240 in November")),
    "inbound": (_("What comes in"), _("Two containers and 30 pallets a month")),
    "returns": (_("Returns"), _("6 %")),
    "kits": (_("Kits a month"), _("200 gift sets")),
    "value": (_("Value of the goods"), _("£24 a unit, £0.9m in all")),
    "handling": (_("Special handling"), _("A third is fragile")),
    "cut_off": (_("Cut-off and promise"), _("Ordered by 2 pm leaves the same day")),
    "growth": (_("Growth in 12 and 24 months"), _("20 %, then 15 %")),
    "cost_now": (_("What an order costs today"), _("£3.90")),
}
LONGEST = 300


def filled(volumes: Mapping[str, str]) -> list[tuple[str, str]]:
    """Label and text of what was typed, in order."""
    return [(str(label), volumes[name]) for name, (label, _example) in FIELDS.items() if volumes.get(name)]
