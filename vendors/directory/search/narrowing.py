"""By what the list is narrowed down: the facets with their counts, and what is chosen, as the page shows them.

The check boxes are put together here and not by a template: a page has some two hundred, which is most of its time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vendors.directory.models import Facet, Relationship, Tag
from vendors.directory.search.query import Query
from vendors.directory.search.run import Found
from vendors.directory.search.values import Value, Values

#: Facets of which one value is chosen from a list; of the others so many stand open.
SELECTS = (Facet.VOLUME, Facet.REFERENCES, Facet.CONTRACT, Facet.NOTICE)
OPEN = 6
FLAGS = {"known": gettext_lazy("Only those we know"), "unblocked": gettext_lazy("Leave out blocked ones")}


@dataclass(frozen=True)
class Section:
    """A facet: its choices, and those that stand behind "show all" under their headings."""

    name: str
    label: str
    choices: SafeString
    more: str = ""
    count: int = 0
    is_select: bool = False


@dataclass(frozen=True)
class Chip:
    """Something that is chosen, and the address without it."""

    label: str
    address: str


def sections(query: Query, found: Found, known: Values) -> list[Section]:
    """The facets of which something is found or chosen, in their order."""
    by_facet: dict[str, list[Value]] = {facet: [] for facet in Facet.values}
    for value in known.by_pk.values():
        if value.pk in found.counts or value.slug in query.slugs.get(value.facet, ()):
            by_facet[value.facet].append(value)
    return [
        _select(facet, some, query, found) if facet in SELECTS else _checks(facet, some, query, found, known)
        for facet, some in by_facet.items()
        if some
    ]


def kept(query: Query, found: Found, tags: Iterable[Tag]) -> list[Section]:
    """What the merchant itself keeps: its statuses, and its tags."""
    statuses = [
        _check("status", value, str(label), _figure(found.statuses.get(value, 0)), value in query.own.get("status", ()))
        for value, label in Relationship.Status.choices
        if value in found.statuses or value in query.own.get("status", ())
    ]
    flags = [_check(name, "1", str(label), "", name in query.own) for name, label in FLAGS.items()]
    labels = [
        _check(
            "tag", str(one.pk), one.name, _figure(found.tags.get(one.pk, 0)), str(one.pk) in query.own.get("tag", ())
        )
        for one in tags
    ]
    shown = [Section("status", _("With us"), _joined([*statuses, *flags]))]
    return [*shown, Section("tag", _("Your tags"), _joined(labels[:OPEN]), _joined(labels[OPEN:]), len(labels))][
        : 2 if labels else 1
    ]


def chips(query: Query, known: Values, tags: Iterable[Tag]) -> list[Chip]:
    """What is chosen, in the order of the page."""
    chosen = [
        Chip(known.by_slug[facet, slug].name, query.without(facet, slug))
        for facet in Facet.values
        for slug in query.slugs.get(facet, ())
    ]
    names = {str(one.pk): one.name for one in tags} | dict(Relationship.Status.choices)
    for name in ("status", "tag"):
        chosen += [Chip(str(names.get(one, one)), query.without(name, one)) for one in query.own.get(name, ())]
    return chosen + [Chip(str(label), query.without(name, "1")) for name, label in FLAGS.items() if name in query.own]


def filter_label(name: str, query: Query, known: Values) -> str:
    """A filter in words, as a proposal to drop it names it."""
    if name == "words":
        return f"“{query.words}”"
    if name in Facet.values:
        chosen = ", ".join(known.by_slug[name, slug].name for slug in query.slugs[name])
        return f"{Facet(name).label}: {chosen}"
    return str({"status": _("With us"), "tag": _("Your tags"), **FLAGS}[name])


def _select(facet: str, some: list[Value], query: Query, found: Found) -> Section:
    chosen = query.slugs.get(facet, ())
    least = _least(facet, query, found)
    options = [format_html('<option value="">{}</option>', _("Any"))]
    options += [
        format_html(
            '<option value="{}"{}>{} ({})</option>',
            one.slug,
            SafeString(" selected" if one.slug in chosen else ""),
            one.name,
            _figure(found.counts.get(one.pk, 0), least),
        )
        for one in some
    ]
    return Section(facet, str(Facet(facet).label), _joined(options), is_select=True, count=len(some))


def _checks(facet: str, some: list[Value], query: Query, found: Found, known: Values) -> Section:
    """The chosen and the most common first, the others in the order of the facet under their headings."""
    chosen, least, counts = query.slugs.get(facet, ()), _least(facet, query, found), found.counts
    if facet == Facet.SHIPS_TO:  # a place that nobody names is served by whoever serves what is around it
        own = [one for one in some if one.slug in chosen or counts[one.pk] != counts.get(one.parent or 0, 0)]
        some = own or some[:1]
    first = sorted(some, key=lambda one: (one.slug not in chosen, -counts.get(one.pk, 0)))
    open_ones = first[: max(OPEN, len(chosen))] if len(some) > OPEN + 2 else first
    shown = {one.pk for one in open_ones}

    def check(one: Value, is_part: bool = False) -> str:
        return _check(facet, one.slug, one.name, _figure(counts.get(one.pk, 0), least), one.slug in chosen, is_part)

    more: list[str] = []
    heading = ""
    for one in _with_parts(some, known):
        if one.pk in shown:
            continue
        if one.group and one.group != heading:
            heading = one.group
            more.append(format_html('<p class="facet-group">{}</p>', heading))
        more.append(check(one, is_part=facet == Facet.WAREHOUSE and one.parent is not None))
    label = str(Facet(facet).label)
    return Section(facet, label, _joined(check(one) for one in open_ones), _joined(more), len(some))


def _with_parts(some: list[Value], known: Values) -> list[Value]:
    """Each country with its parts after it."""
    place = {one.pk: at for at, one in enumerate(some)}
    return sorted(
        some, key=lambda one: (place.get(one.parent or 0, place[one.pk]), one.parent is not None, place[one.pk])
    )


def _least(facet: str, query: Query, found: Found) -> bool:
    return (facet if facet in query.slugs else "") in found.at_least


def _figure(count: int, at_least: bool = False) -> str:
    return f"{count:,}{'+' if at_least else ''}"


def _check(name: str, value: str, label: str, count: str, is_chosen: bool, is_part: bool = False) -> str:
    start, middle = _pieces(name, value, label, is_part)
    return f"{start}{' checked' if is_chosen else ''}{middle}{count}</span></label></div>"


@lru_cache(maxsize=2_000)
def _pieces(name: str, value: str, label: str, is_part: bool) -> tuple[str, str]:
    """What of a check box is always the same."""
    start = format_html(
        '<div class="form-check{}"><input class="form-check-input" type="checkbox" name="{}" value="{}" id="{}-{}"',
        SafeString(" facet-part" if is_part else ""),
        *(name, value, name, value),
    )
    return str(start), str(format_html('><label for="{}-{}">{}<span>', name, value, label))


def _joined(parts: Iterable[str]) -> SafeString:
    return mark_safe("".join(parts))
