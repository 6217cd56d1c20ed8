"""What a merchant does with its jobs: rate, add, clone, hide, and say by what they are judged."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership, Organisation, Role
from vendors.directory.models import FacetValue
from vendors.needs.errors import AlreadyThere, NotOwn, TooMany
from vendors.needs.models import Assessment, Need, Policy, Task

#: Who rates and asks others; a viewer reads verdicts only.
RATERS = (Role.OWNER, Role.BUYER, Role.OPERATIONS)
#: Jobs of a merchant's own.
MOST = 100


def need_of(task: Task, merchant: Organisation, *, at: datetime) -> Need:
    """How the merchant stands to the task, made now where nothing was said yet; safe in a race."""
    need, _made = Need.objects.get_or_create(merchant=merchant, task=task, defaults={"created_at": at})
    return need


@transaction.atomic
def rate(task: Task, said: Mapping[str, Any], *, by: Membership, at: datetime) -> None:
    """Keep what a person says of a job; what is not in `said` stays as it was."""
    need = need_of(task, by.organisation, at=at)
    Assessment.objects.get_or_create(need=need, member=by, defaults={"saved_at": at})
    own = Assessment.objects.select_for_update(of=("self",)).get(need=need, member=by)
    changed = {name: value for name, value in said.items() if getattr(own, name) != value}
    if changed:
        Assessment.objects.filter(pk=own.pk).update(**changed, saved_at=at)


@transaction.atomic
def set_need(task: Task, *, by: Membership, at: datetime, **values: Any) -> Need:
    """Say something of the need itself: must stay, the market's price, hours on the vendor."""
    need = need_of(task, by.organisation, at=at)
    Need.objects.filter(pk=need.pk).update(**values)
    need.refresh_from_db()
    return need


@transaction.atomic
def hide(task: Task, *, by: Membership, at: datetime) -> None:
    """Take a job off the list; all that was said of it stays. Twice is once."""
    need = need_of(task, by.organisation, at=at)
    Need.objects.filter(pk=need.pk, hidden_at=None).update(hidden_at=at)


def show(task: Task, *, by: Membership) -> None:
    """Put a job back on the list."""
    Need.objects.filter(task=task, merchant=by.organisation_id).update(hidden_at=None)


# ---- Own tasks -----------------------------------------------------------------------------------------------------
@transaction.atomic
def add(given: Mapping[str, Any], *, by: Membership, at: datetime, copied_from: Task | None = None) -> Task:
    """A job of the merchant's own. Raises AlreadyThere and TooMany."""
    Organisation.objects.select_for_update().get(pk=by.organisation_id)  # the most holds for two at once
    if Task.objects.filter(merchant=by.organisation_id).count() >= MOST:
        raise TooMany(_("You have %(most)s jobs of your own: that is enough for anybody.") % {"most": MOST})
    fields = {name: given[name] for name in ("name", "description", "unit", "asks")}
    try:
        with transaction.atomic():
            task = Task.objects.create(
                merchant=by.organisation, created_by=by, created_at=at, copied_from=copied_from, **fields
            )
    except IntegrityError:
        raise AlreadyThere(_already(fields["name"])) from None
    task.services.set(given["services"])
    return task


@transaction.atomic
def edit(task: Task, given: Mapping[str, Any], *, by: Membership) -> None:
    """Change a job of one's own. Raises NotOwn and AlreadyThere."""
    see_that_it_is_own(task)
    services: Iterable[FacetValue] = given["services"]
    for name in ("name", "description", "unit", "asks"):
        setattr(task, name, given[name])
    try:
        with transaction.atomic():
            task.save(update_fields=["name", "description", "unit", "asks"])
    except IntegrityError:
        raise AlreadyThere(_already(given["name"])) from None
    task.services.set(services)


def clone(task: Task, *, by: Membership, at: datetime) -> Task:
    """A copy of one's own, under a name that is free. Raises TooMany."""
    names = {name.lower() for name in Task.objects.filter(merchant=by.organisation_id).values_list("name", flat=True)}
    names |= {name.lower() for name in Task.objects.filter(merchant=None).values_list("name", flat=True)}
    number, name = 2, task.name
    while name.lower() in names:
        end = f" ({number})"
        name, number = task.name[: 80 - len(end)] + end, number + 1
    given = {field: getattr(task, field) for field in ("description", "unit", "asks")}
    return add({**given, "name": name, "services": list(task.services.all())}, by=by, at=at, copied_from=task)


def see_that_it_is_own(task: Task) -> None:
    """Raises NotOwn."""
    if task.merchant_id is None:
        raise NotOwn(_("This job is the same for all shops: clone it, and change your own."))


def _already(name: str) -> str:
    return _("You have a job called %(name)s already.") % {"name": name}


# ---- By what they are judged ---------------------------------------------------------------------------------------
def policy_of(merchant: Organisation) -> Policy:
    """What the merchant has said, or what holds where it has said nothing; not saved."""
    return Policy.objects.filter(merchant=merchant).first() or Policy(merchant=merchant)


def save_policy(values: Mapping[str, int], *, by: Membership, at: datetime) -> None:
    """Judge by these from now on."""
    Policy.objects.update_or_create(merchant=by.organisation, defaults={**values, "saved_by": by, "saved_at": at})
