"""What vendors read of a brief, frozen version by version, and what became another between two of them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outsourcing.accounts.models import Membership
from vendors.sourcing.briefs import deadlines
from vendors.sourcing.briefs.volumes import filled
from vendors.sourcing.models import Brief, BriefVersion, Clarification, Criterion
from vendors.sourcing.scoring import shown as rounded

#: Text fields that vendors read, with what they are called in "what changed".
FIELDS = {
    "title": gettext_lazy("Title"),
    "summary": gettext_lazy("In one sentence"),
    "scope": gettext_lazy("What the vendor is to do"),
    "orders_base": gettext_lazy("Orders a month"),
    "orders_low": gettext_lazy("Orders in a quiet month"),
    "orders_peak": gettext_lazy("Orders in a busy month"),
    "starts_on": gettext_lazy("Work starts"),
    "budget": gettext_lazy("Budget a month"),
    "deadline": gettext_lazy("Answers until"),
    "questions_until": gettext_lazy("Questions until"),
    "currency": gettext_lazy("Currency"),
}
LISTS = {
    "gates": gettext_lazy("Must-have"),
    "criteria": gettext_lazy("Criterion"),
    "questions": gettext_lazy("Question"),
    "files": gettext_lazy("File"),
    "addenda": gettext_lazy("Answer to a question"),
    "volumes": gettext_lazy("Volumes"),
}


def shares(criteria: Iterable[Criterion]) -> dict[int, Decimal]:
    """Each criterion's part of all weights in per cent, to one place; all 0 where no weight counts (M14)."""
    them = list(criteria)
    total = int(sum((one.weight for one in them), Decimal(0)))
    if not total:
        return dict.fromkeys((one.pk for one in them), Decimal(0))
    return {one.pk: rounded(Fraction(int(one.weight) * 100, total), 1) for one in them}


def content_of(brief: Brief) -> dict[str, Any]:
    """Everything that an invited vendor reads, as JSON. Seven queries."""
    criteria = list(brief.criteria.filter(removed_at=None).prefetch_related("steps"))
    part = shares(criteria)
    zone = brief.zone
    return {
        "title": brief.title,
        "summary": brief.summary,
        "scope": brief.scope,
        "task": str(brief.get_task_display()),
        "orders_base": brief.orders_base,
        "orders_low": brief.orders_low,
        "orders_peak": brief.orders_peak,
        "starts_on": brief.starts_on.isoformat() if brief.starts_on else None,
        "budget": str(brief.budget) if brief.budget_is_shown and brief.budget is not None else None,
        "currency": brief.currency,
        "deadline": deadlines.told(brief.deadline_at, zone),
        "questions_until": deadlines.told(brief.questions_until, zone),
        "volumes": [list(one) for one in filled(brief.volumes)],
        "gates": [{"key": str(one.pk), "text": one.text, "about": one.about}
                  for one in brief.gates.filter(removed_at=None)],
        "criteria": [
            {
                "key": str(one.pk), "text": one.name, "about": one.about, "share": str(part[one.pk]),
                "steps": [step.text for step in one.steps.all()],
            }
            for one in criteria
        ],
        "questions": [{"key": str(one.pk), "text": one.text, "about": _("must be answered") if one.is_required else ""}
                      for one in brief.questions.filter(removed_at=None)],
        "files": [{"key": str(one.pk), "text": str(one), "about": ""}
                  for one in brief.files.filter(removed_at=None).select_related("file")],
        "addenda": [
            {"key": str(one.pk), "text": f"{one.shown_text} {one.answer}"[:400], "about": ""}
            for one in Clarification.objects.filter(candidate__brief=brief, changes_brief=True).published()
        ],
    }  # fmt: skip


def freeze(brief: Brief, *, by: Membership, at: datetime, note: str = "") -> BriefVersion | None:
    """Keep a held, published brief's text as the next version; None where nothing that vendors read is another."""
    last = brief.versions.last()
    content = content_of(brief)
    changes = differences(last.content, content) if last else []
    if last is not None and not changes:
        return None
    number = last.number + 1 if last else 1
    Brief.objects.filter(pk=brief.pk).update(number=number)
    brief.number = number
    return BriefVersion.objects.create(
        brief=brief, number=number, content=content, changes=changes, note=note, by=by, at=at
    )


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What became another, a sentence each, in the order of the page."""
    found = []
    for name, label in FIELDS.items():
        old, new = before.get(name), after.get(name)
        if old != new:
            found.append(_field(str(label), old, new))
    for name, label in LISTS.items():
        if name == "volumes":
            found += _volumes(before, after)
        else:
            found += _list(str(label), before.get(name, []), after[name])
    return found


def _field(label: str, old: object, new: object) -> str:
    if len(str(old or "")) + len(str(new or "")) > 300:
        return _("%(label)s: reads otherwise now.") % {"label": label}
    old, new = str(old or "").rstrip("."), str(new or "").rstrip(".")
    if not old:
        return _("%(label)s: now %(new)s.") % {"label": label, "new": new}
    if not new:
        return _("%(label)s: no longer %(old)s.") % {"label": label, "old": old}
    return _("%(label)s: %(new)s instead of %(old)s.") % {"label": label, "old": old, "new": new}


def _list(label: str, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[str]:
    earlier, later = {one["key"]: one for one in old}, {one["key"]: one for one in new}
    found = []
    for key, one in later.items():
        was = earlier.get(key)
        if was is None:
            found.append(_("%(label)s added: %(text)s") % {"label": label, "text": one["text"]})
        elif was["text"] != one["text"]:
            found.append(_("%(label)s “%(old)s” is now “%(new)s”.")
                         % {"label": label, "old": was["text"], "new": one["text"]})  # fmt: skip
        elif was != one:
            found.append(_("%(label)s “%(text)s” reads otherwise now.") % {"label": label, "text": one["text"]})
    found += [
        _("%(label)s taken out: %(text)s") % {"label": label, "text": one["text"]}
        for key, one in earlier.items()
        if key not in later
    ]
    return found


def _volumes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    old, new = dict(map(tuple, before["volumes"])), dict(map(tuple, after["volumes"]))
    return [_field(label, old.get(label), new.get(label)) for label in [*new, *(one for one in old if one not in new)]
            if old.get(label) != new.get(label)]  # fmt: skip
