"""When: the month's figures of a merchant and of its needs, and the marks at which a question is open again."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.shared.keys import Unguessable
from vendors.needs.models.tasks import WEEK, Need


class Month(models.Model):
    """A merchant's orders of one month; `month` is its first day in the merchant's zone.

    `hours_to_ship` is the median from order to shipment and `slow_hours` what 95 in 100 stay within. `peak_orders` were
    placed on `peak_day`. `import_of` says which file they come from, empty where somebody entered them.
    """

    merchant = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    orders = models.PositiveIntegerField(_("orders"))
    units = models.PositiveBigIntegerField(_("items"), null=True, blank=True)
    hours_to_ship = models.DecimalField(max_digits=9, decimal_places=1, null=True, blank=True)
    slow_hours = models.DecimalField(max_digits=9, decimal_places=1, null=True, blank=True)
    peak_orders = models.PositiveIntegerField(null=True, blank=True)
    peak_day = models.DateField(null=True, blank=True)
    unshipped = models.PositiveIntegerField(null=True, blank=True)
    import_of = models.ForeignKey("OrderImport", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    saved_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ("-month",)
        constraints = [
            models.UniqueConstraint(fields=["merchant", "month"], name="month_of_a_merchant_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="month_is_its_first_day"),
            models.CheckConstraint(
                condition=Q(hours_to_ship=None) | Q(hours_to_ship__gte=0), name="month_hours_to_ship_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class NeedMonth(models.Model):
    """How one need went in one month: hours a week, errors in 100, days of backlog.

    Once a vendor does it: `managing_hours` a week spent on that vendor, and what was `paid` for the month.
    """

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="months")
    month = models.DateField()
    hours = models.DecimalField(_("hours a week"), max_digits=7, decimal_places=2, null=True, blank=True)
    error_rate = models.DecimalField(_("errors in 100"), max_digits=5, decimal_places=2, null=True, blank=True)
    backlog_days = models.DecimalField(_("days behind"), max_digits=5, decimal_places=1, null=True, blank=True)
    managing_hours = models.DecimalField(
        _("hours a week spent on the vendor"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    paid = models.DecimalField(_("paid to the vendor"), max_digits=12, decimal_places=2, null=True, blank=True)
    saved_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ("-month",)
        constraints = [
            models.UniqueConstraint(fields=["need", "month"], name="need_month_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="need_month_is_its_first_day"),
            models.CheckConstraint(
                condition=Q(error_rate=None) | Q(error_rate__range=(0, 100)), name="need_month_errors_in_100"
            ),
            models.CheckConstraint(
                condition=Q(managing_hours=None) | Q(managing_hours__range=(0, WEEK)),
                name="need_month_managing_within_a_week",
            ),
            *[
                models.CheckConstraint(
                    condition=Q(**{name: None}) | Q(**{f"{name}__gte": 0}), name=f"need_month_{name}_not_negative"
                )
                for name in ("hours", "backlog_days", "paid")
            ],
        ]

    def __str__(self) -> str:
        return f"{self.need} in {self.month:%Y-%m}"


class Kind(models.TextChoices):
    """What a mark looks at."""

    ORDERS = "orders", _("Orders a month")
    HOURS = "hours", _("Hours a week")
    ERRORS = "errors", _("Errors in 100")
    BACKLOG = "backlog", _("Days behind")


class Mark(models.Model):
    """From which figure on a need is to be looked at again."""

    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=8, choices=Kind)
    at_least = models.DecimalField(max_digits=10, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["need", "kind"], name="mark_one_of_a_kind"),
            models.CheckConstraint(condition=Q(at_least__gt=0), name="mark_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.at_least}"


class ReopeningQuerySet(models.QuerySet["Reopening"]):
    def visible_to(self, acting: Membership) -> Self:
        """Those of the acting merchant."""
        return self.filter(need__merchant=acting.organisation_id)

    def open(self) -> Self:
        """Nobody has said yet what follows."""
        return self.filter(closed_at=None)


class Reopening(Unguessable):
    """A figure reached a mark: the question is open again until somebody says what follows from it."""

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="reopenings")
    kind = models.CharField(max_length=8, choices=Kind)
    month = models.DateField()
    figure = models.DecimalField(max_digits=12, decimal_places=2)
    at_least = models.DecimalField(max_digits=10, decimal_places=2)
    opened_at = models.DateTimeField()
    conclusion = models.CharField(_("what follows"), max_length=500, blank=True)
    closed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ReopeningQuerySet] = ReopeningQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["need", "kind"], condition=Q(closed_at=None), name="reopening_one_open"),
            models.UniqueConstraint(fields=["need", "kind", "month"], name="reopening_once_a_month"),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_by__isnull=False) & ~Q(conclusion=""),
                name="reopening_closed_says_what_follows",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.need}: {self.get_kind_display()} {self.figure}"
