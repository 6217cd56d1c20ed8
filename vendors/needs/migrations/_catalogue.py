"""The eleven tasks of the catalogue, frozen: later ones are added by a migration of their own.

(slug, name, what belongs to it, by what it is usually bought, what to ask a vendor for, slugs of services)
"""

TASKS: list[tuple[str, str, str, str, str, list[str]]] = [
    (
        "bookkeeping",
        "Bookkeeping",
        "Entering what comes in and goes out, matching payouts and bank, closing the month, VAT returns.",
        "month, or number of transactions",
        "A month's closing pack with the names taken out, the day of the month on which they close, and how many "
        "corrections they made last year.",
        ["bookkeeping"],
    ),
    (
        "website",
        "Website design and maintenance",
        "The shop's pages and theme, product pages, speed, updates, and mending what breaks.",
        "project or milestone; month for maintenance",
        "Three shops that are live, who wrote what of them, and how long it took from a fault told to a fault mended.",
        ["web-design-and-maintenance"],
    ),
    (
        "social-media",
        "Social media postings",
        "Planning, pictures and words, posting, and answering what comes back.",
        "month, or number of posts",
        "Two months of posts for one client as they went out, with what came of them, and who answers comments.",
        ["social-media"],
    ),
    (
        "marketing-materials",
        "Marketing materials",
        "Catalogues, leaflets, inserts, packaging prints, banners.",
        "piece or project",
        "Printed pieces to hold in hand, the files they were printed from, and what a second round of changes costs.",
        ["marketing-materials"],
    ),
    (
        "newsletters",
        "E-mail newsletters",
        "Lists and consent, writing, building, sending at the right time, reading the figures.",
        "mailing, or month",
        "Three newsletters as they were sent, how the list was kept clean, and figures of opening and leaving.",
        ["e-mail-newsletters"],
    ),
    (
        "customer-support",
        "Customer support",
        "Questions before and after an order, by mail, chat and phone; returns and complaints.",
        "ticket or hour",
        "Ten tickets with the names taken out, the time to the first answer, how many are opened again, and hours.",
        ["customer-support"],
    ),
    (
        "data-entry",
        "Data entry and general administration",
        "Product data, listings, forms, filing, calendars, and what nobody else does.",
        "item or hour",
        "A test of twenty rows of yours, errors in a thousand of their last job, and who checks.",
        ["data-entry-and-administration"],
    ),
    (
        "technical-support",
        "Technical support",
        "Helping customers to set up and mend what you sell; tools and accounts of your own people.",
        "ticket or month",
        "A report of something that went wrong, how long it lasted, and hours in which somebody answers.",
        ["technical-support", "it-care"],
    ),
    (
        "picking-packing",
        "Picking and packing orders",
        "From the order to the parcel at the carrier: storing, picking, packing, labels, returns.",
        "order, and extra item",
        "A sample parcel packed as they would pack yours, on-time and accuracy of twelve months with how they are "
        "counted, and a client whose volume is like yours.",
        ["dtc-fulfilment", "kitting", "returns"],
    ),
    (
        "ordering-stock",
        "Ordering stock from suppliers",
        "Watching what runs low, forecasting, placing and chasing orders, checking what arrives.",
        "month, or number of orders",
        "A forecast of theirs beside what was sold, how often a client ran out, and how they chase a late supplier.",
        ["ordering-stock"],
    ),
    (
        "paying",
        "Paying suppliers and employees",
        "Checking bills, paying on the day, wages, taxes on them, and answering who asks.",
        "bill, payslip or month",
        "Who may release money and who checks them, bills paid late last year, and how mistakes were put right.",
        ["paying-suppliers"],
    ),
]
