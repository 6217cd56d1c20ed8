"""The first values of the facets, frozen: later ones are added by staff, or by a migration of their own."""

FULFILMENT = "Fulfilment"

#: (name, words that people also search it by)
SERVICES: dict[str, list[tuple[str, list[str]]]] = {
    FULFILMENT: [
        ("DTC fulfilment", ["fulfilment", "fulfillment", "3pl", "pick and pack"]),
        ("B2B and wholesale", ["b2b", "wholesale", "retail replenishment"]),
        ("FBA prep", ["amazon prep", "fulfilment by amazon"]),
        ("Marketplace fulfilment", ["sfp", "wfs", "seller fulfilled prime"]),
        ("Returns", ["returns grading", "reverse logistics", "refurbishing"]),
        ("Kitting", ["gift sets", "gift packing", "assembly", "bundling"]),
        ("Subscription boxes", ["subscription"]),
        ("Crowdfunding", ["kickstarter", "indiegogo"]),
        ("Print on demand", ["pod"]),
        ("Freight", ["forwarding", "shipping"]),
        ("Customs", ["customs clearance", "import", "ioss"]),
        ("Cold chain", ["chilled", "frozen", "temperature controlled"]),
        ("Cross-dock", ["cross docking", "transhipment"]),
        ("Storage only", ["warehousing", "pallet storage"]),
    ],
    "Office": [
        ("Bookkeeping", ["accounting", "accounts", "vat returns"]),
        ("Data entry and administration", ["admin", "virtual assistant", "listing"]),
        ("Ordering stock", ["purchasing", "replenishment"]),
        ("Paying suppliers", ["accounts payable", "bills"]),
        ("IT care", ["it support", "managed services"]),
    ],
    "Customers": [
        ("Customer support", ["customer service", "help desk", "call centre"]),
        ("Technical support", ["product support"]),
    ],
    "Web and marketing": [
        ("Web design and maintenance", ["website", "web development", "shopify theme"]),
        ("Social media", ["instagram", "community management"]),
        ("Marketing materials", ["graphic design", "brochures", "print design"]),
        ("E-mail newsletters", ["email marketing", "newsletter"]),
        ("Product photos", ["photography", "product photography"]),
        ("Advertising", ["ppc", "google ads", "paid social"]),
        ("Translation", ["localisation", "localization"]),
    ],
}
PLAIN: dict[str, list[str]] = {
    "integration": [
        *("Shopify", "WooCommerce", "BigCommerce", "Magento", "Amazon", "eBay", "Walmart", "Etsy", "TikTok Shop"),
        *("Linnworks", "Brightpearl", "EDI", "API", "ERP"),
    ],
    "handling": [
        *("Fragile", "Oversize", "Hazmat and lithium", "Food", "Supplements", "Cosmetics", "Alcohol", "Medical"),
        *("Ambient", "Chilled", "Frozen", "Apparel on hangers", "Lots and expiry dates", "Serial numbers"),
        "High-value cage",
    ],
    "certificate": [
        *("ISO 9001", "ISO 14001", "ISO 27001", "SOC 2", "GDP", "GMP", "BRCGS storage", "Organic"),
        *("FDA registration", "C-TPAT", "AEO", "Living wage"),
    ],
    "terms": ["Own carrier accounts", "No setup fee", "No monthly minimum"],
    "hours": ["Weekend shipping", "Same-day cut-off after 14:00", "Evening support", "Support around the clock"],
    "language": [
        *("English", "German", "French", "Spanish", "Italian", "Dutch", "Polish", "Portuguese", "Swedish", "Danish"),
        *("Chinese", "Japanese"),
    ],
}
#: (slug, name, low, high)
BOUNDED: dict[str, list[tuple[str, str, int | None, int | None]]] = {
    "volume": [
        ("under-100", "Under 100", None, 99),
        ("100-500", "100 to 500", 100, 500),
        ("500-1k", "500 to 1,000", 501, 1000),
        ("1k-5k", "1,000 to 5,000", 1001, 5000),
        ("5k-20k", "5,000 to 20,000", 5001, 20000),
        ("20k", "Over 20,000", 20001, None),
    ],
    "references": [("1", "At least 1", 1, None), ("2", "At least 2", 2, None), ("4", "At least 4", 4, None)],
    "contract": [
        ("none", "No fixed term", None, 0),
        *((f"{months}-months", f"Up to {months} months", None, months) for months in (3, 6, 12, 24)),
    ],
    "notice": [(f"{days}-days", f"Up to {days} days", None, days) for days in (30, 60, 90)],
}
NATIONS = {"gb-eng": "England", "gb-sct": "Scotland", "gb-wls": "Wales", "gb-nir": "Northern Ireland"}
STATES = (
    "AL Alabama,AK Alaska,AZ Arizona,AR Arkansas,CA California,CO Colorado,CT Connecticut,DE Delaware,"
    "DC District of Columbia,FL Florida,GA Georgia,HI Hawaii,ID Idaho,IL Illinois,IN Indiana,IA Iowa,KS Kansas,"
    "KY Kentucky,LA Louisiana,ME Maine,MD Maryland,MA Massachusetts,MI Michigan,MN Minnesota,MS Mississippi,"
    "MO Missouri,MT Montana,NE Nebraska,NV Nevada,NH New Hampshire,NJ New Jersey,NM New Mexico,NY New York,"
    "NC North Carolina,ND North Dakota,OH Ohio,OK Oklahoma,OR Oregon,PA Pennsylvania,RI Rhode Island,"
    "SC South Carolina,SD South Dakota,TN Tennessee,TX Texas,UT Utah,VT Vermont,VA Virginia,WA Washington,"
    "WV West Virginia,WI Wisconsin,WY Wyoming"
)
CONTINENTS = {
    "europe": "Europe",
    "north-america": "North America",
    "south-america": "South America",
    "asia": "Asia",
    "africa": "Africa",
    "oceania": "Oceania",
}
EU = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE"
#: Countries of a continent; what is in none of these lies in Asia.
WITHIN = {
    "europe": "AD AL AX BA BY CH FO GB GG GI IM IS JE LI MC MD ME MK NO RS RU SJ SM UA VA XK",
    "north-america": (
        "AG AI AW BB BL BM BQ BS BZ CA CR CU CW DM DO GD GL GP GT HN HT JM KN KY LC MF MQ MS MX NI PA PM PR SV SX TC "
        "TT US VC VG VI"
    ),
    "south-america": "AR BO BR CL CO EC FK GF GS GY PE PY SR UY VE BV",
    "africa": (
        "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML MR MU MW MZ NA "
        "NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TF TG TN TZ UG YT ZA ZM ZW"
    ),
    "oceania": "AQ AS AU CC CK CX FJ FM GU HM KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS",
}
