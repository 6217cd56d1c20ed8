"""The rows of the list as HTML, put together here and not by a template: they are most of the page's time.

What goes in is escaped by `format_html`, piece by piece; addresses are made of numbers alone.
"""

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from outsourcing.shared.templatetags.house import icon, initials, tint
from vendors.directory.search.shown import ShownRow

ROW = """\
<tr role="row">
  <td role="cell" class="pick"><input class="form-check-input" type="checkbox" name="v" value="{pk}" form="compare" \
aria-label="{compare}: {name}"></td>
  <th scope="row" role="rowheader"><span class="who">{logo}<span class="who-lines text-break"><span>\
<a href="/vendors/{pk}/" data-row-link>{name}</a>{marks}</span>{about}</span></span></th>
  <td role="cell" class="evidence"><span>{evidence}<span class="sub nowrap">{references}{others}</span></span></td>
  <td role="cell" class="num{no_reply}" data-label="{reply_label}">{reply}</td>
  <td role="cell" class="num nowrap{no_price}" data-label="{price_label}">{price}</td>
</tr>
"""
TAG = SafeString(' <span class="tag">{}</span>')
UNKNOWN, NOTHING = SafeString(" unknown"), SafeString("")


def drawn(rows: Iterable[ShownRow]) -> SafeString:
    """The rows of the table's body. No query."""
    words = {
        "compare": _("Compare"),
        "reply_label": _("Median reply, with you"),
        "price_label": _("Per order, in its own word"),
    }
    no_reply, no_price = _unknown(_("not known yet")), _unknown(_("not said"))
    return mark_safe("".join(_row(row, words, no_reply, no_price) for row in rows))


def _row(row: ShownRow, words: dict[str, str], no_reply: SafeString, no_price: SafeString) -> str:
    return format_html(
        ROW,
        pk=row.pk,
        name=row.name,
        logo=_logo(row),
        marks=_marks(row),
        about=format_html('<span class="sub">{}</span>', row.about) if row.about else NOTHING,
        evidence=row.evidence,
        references=row.references,
        others=format_html('<br><span class="and">{}</span>', row.others) if row.others else NOTHING,
        reply=row.reply or no_reply,
        no_reply=NOTHING if row.reply else UNKNOWN,
        price=row.price or no_price,
        no_price=NOTHING if row.price else UNKNOWN,
        **words,
    )


def _logo(row: ShownRow) -> SafeString:
    if row.logo_id:
        return format_html(
            '<img class="logo logo-sm" src="/vendors/{}/logo/?v={}" alt="" width="32" height="32" loading="lazy">',
            row.pk,
            row.logo_id,
        )
    return format_html('<span class="mono {}" aria-hidden="true">{}</span>', tint(row.name), initials(row.name))


def _marks(row: ShownRow) -> SafeString:
    """New, private, how it stands with the merchant, and the merchant's tags."""
    marks = []
    if row.is_new:
        marks.append(format_html(' <span class="tag tag-new">{}</span>', _("New")))
    if row.is_private:
        marks.append(format_html(' <span class="tag">{}{}</span>', icon("lock"), _("Only you")))
    if row.is_blocked:
        marks.append(format_html(' <span class="status status-late">{}{}</span>', icon("x-circle"), row.mark))
    elif row.mark:
        marks.append(format_html(TAG, row.mark))
    marks += [format_html(TAG, tag) for tag in row.tags]
    return format_html_join("", "{}", ((mark,) for mark in marks)) if marks else NOTHING


def _unknown(words: str) -> SafeString:
    return format_html('–<span class="visually-hidden"> {}</span>', words)  # noqa: RUF001  (a dash for nothing)
