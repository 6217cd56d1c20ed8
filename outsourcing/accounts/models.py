"""People (User), the two kinds of organisation, and a person's place in one (Membership)."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

import pghistory
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from timezone_field import TimeZoneField

from outsourcing.shared.holdings import ERASED


class UserManager(BaseUserManager["User"]):
    """Makes users known by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person who can sign in; without a password, by a code sent to the address."""
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A member of staff."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who can sign in. What they may do hangs on their memberships."""

    class Theme(models.TextChoices):
        SYSTEM = "system", _("Same as my device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    email = models.EmailField(_("email address"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    time_zone = TimeZoneField(_("time zone"), blank=True, default="", help_text=_("Left empty: your organisation's."))
    theme = models.CharField(_("look"), max_length=6, choices=Theme, default=Theme.SYSTEM)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField(auto_now_add=True)
    #: Whoever a session is of has these, and nobody else: see `Backend`.
    places: "list[Membership]"

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique",
                violation_error_message=_("Someone with this email address already has an account."),
            ),
            models.CheckConstraint(condition=Q(email=Lower(F("email"))), name="user_email_lower_case"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        super().clean()
        self.email = self.email.lower()

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        """The first name, for a greeting."""
        return self.name.split()[0] if self.name.split() else self.email


@pghistory.track()
class Organisation(models.Model):
    """A merchant or a vendor.

    With a day on which it `closes_at` nothing of it changes any more and nobody is reminded, until it is open again or
    that day has come; `closed_at` its private rows went, and its name is left for the other sides.
    """

    class Kind(models.TextChoices):
        MERCHANT = "merchant", _("Merchant")
        VENDOR = "vendor", _("Vendor")

    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(_("name"), max_length=120)
    time_zone = TimeZoneField(_("time zone"), default="UTC")
    country = CountryField(_("country"), blank=True)
    region = models.CharField(_("region"), max_length=10, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="GBP")
    reply_to = models.EmailField(
        _("replies go to"), blank=True, help_text=_("Who answers one of your mails instead of opening it writes here.")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["merchant", "vendor"]), name="organisation_kind_known"),
            models.CheckConstraint(condition=~Q(name=""), name="organisation_name_not_empty"),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closes_at__lte=F("closed_at")),
                name="organisation_closed_when_it_was_to",
            ),
        ]
        indexes = [
            models.Index(
                fields=["closes_at"], condition=Q(closes_at__isnull=False, closed_at=None), name="organisation_closing"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_merchant(self) -> bool:
        return self.kind == self.Kind.MERCHANT

    @property
    def is_closing(self) -> bool:
        """Whether it is about to be closed, or is."""
        return self.closes_at is not None

    @property
    def head(self) -> "Role":
        """The role that an organisation is never without."""
        return Role.OWNER if self.is_merchant else Role.MANAGER


class Role(models.TextChoices):
    """What a member may do; the first four are a merchant's, the last two a vendor's."""

    OWNER = "owner", _("Owner")
    BUYER = "buyer", _("Buyer")
    OPERATIONS = "operations", _("Operations")
    VIEWER = "viewer", _("Viewer")
    MANAGER = "manager", _("Manager")
    CONTACT = "contact", _("Contact")

    @classmethod
    def of_kind(cls, kind: str) -> "list[Role]":
        """The roles that members of such an organisation can have, the head's first."""
        merchants = [cls.OWNER, cls.BUYER, cls.OPERATIONS, cls.VIEWER]
        return merchants if kind == Organisation.Kind.MERCHANT else [cls.MANAGER, cls.CONTACT]


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> Self:
        """Places that have not been left."""
        return self.filter(left_at=None)

    def joined(self) -> Self:
        """Places whose person can sign in."""
        return self.current().filter(user__isnull=False)

    def of(self, user: User) -> Self:
        """The places that one person has now, by the organisation's name."""
        return self.current().filter(user=user).select_related("organisation").order_by("organisation__name", "pk")

    def with_invitation(self) -> Self:
        """Annotates `invited_until`: when the latest open invitation expires, or None."""
        latest = Invitation.objects.filter(membership=models.OuterRef("pk"), used_at=None, revoked_at=None)
        return self.annotate(invited_until=models.Subquery(latest.values("expires_at")[:1]))

    def colleagues(self) -> Self:
        """All but those whom a merchant has only written down at a vendor: nobody has asked them in."""
        asked = models.Exists(Invitation.objects.filter(membership=models.OuterRef("pk")))
        return self.exclude(~asked, organisation__kind=Organisation.Kind.VENDOR, user=None)

    def visible_to(self, acting: "Membership") -> Self:
        """Colleagues: places in the organisation that one acts for, former ones included."""
        return self.colleagues().filter(organisation=acting.organisation_id)


@pghistory.track()
class Membership(models.Model):
    """A person's place in an organisation. Without a user it is a contact who has not joined yet."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships", null=True, blank=True)
    email = models.EmailField(_("email address"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    roles = ArrayField(models.CharField(max_length=10, choices=Role), verbose_name=_("roles"))
    is_backup = models.BooleanField(_("stands in as backup"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    left_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[MembershipQuerySet] = MembershipQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(F("organisation"), Lower("email"), name="membership_email_unique"),
            models.UniqueConstraint(
                fields=["organisation", "user"], condition=Q(user__isnull=False), name="membership_user_unique"
            ),
            models.CheckConstraint(condition=Q(email=Lower(F("email"))), name="membership_email_lower_case"),
            models.CheckConstraint(condition=Q(roles__len__gt=0), name="membership_has_a_role"),
            models.CheckConstraint(
                condition=Q(roles__contained_by=[role.value for role in Role]), name="membership_roles_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}, {self.organisation}"

    @property
    def label(self) -> str:
        """The person's name, else the address."""
        return self.name or self.email

    @property
    def is_erased(self) -> bool:
        """Whether its person was taken out; the row stays for what they wrote."""
        return self.email.endswith(ERASED)

    @property
    def role_names(self) -> str:
        return ", ".join(str(Role(role).label) for role in self.roles)

    def has_role(self, *roles: Role) -> bool:
        """Whether the person holds one of `roles`; rights add up."""
        return any(role in self.roles for role in roles)

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the person reads times: their own, else the organisation's."""
        own = self.user.time_zone if self.user else None
        return ZoneInfo(str(own or self.organisation.time_zone))

    @property
    def is_head(self) -> bool:
        """Whether this is an owner of a merchant or a manager of a vendor: who runs members, calendar and settings."""
        return self.organisation.head in self.roles


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, at: datetime) -> Self:
        """Can still be taken up."""
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=at)


def new_secret() -> str:
    """What makes an invitation's link impossible to guess: 32 letters and digits, 190 bits."""
    return get_random_string(32)


class Invitation(models.Model):
    """One mail that asks a person to take their place; a newer one to the same place revokes it."""

    LASTS: ClassVar[timedelta] = timedelta(days=7)

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="invitations")
    invited_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="invited")
    secret = models.CharField(max_length=32, default=new_secret)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[InvitationQuerySet] = InvitationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["membership"],
                condition=Q(used_at=None, revoked_at=None),
                name="invitation_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(revoked_at=None), name="invitation_not_used_and_revoked"
            ),
        ]

    def __str__(self) -> str:
        return f"Invitation of {self.membership}"


class Opening(models.Model):
    """One window of an organisation's working week, in minutes of the day in its zone; 1440 is midnight at its end."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="openings")
    weekday = models.PositiveSmallIntegerField()
    opens = models.PositiveSmallIntegerField()
    closes = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("weekday", "opens")
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="opening_weekday_known"),
            models.CheckConstraint(condition=Q(opens__lt=F("closes"), closes__lte=1440), name="opening_before_closing"),
            ExclusionConstraint(
                name="opening_windows_do_not_overlap",
                expressions=[
                    ("organisation", RangeOperators.EQUAL),
                    ("weekday", RangeOperators.EQUAL),
                    (models.Func("opens", "closes", function="int4range"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday}: {self.opens}-{self.closes}"


class ClosedDayQuerySet(models.QuerySet["ClosedDay"]):
    def visible_to(self, acting: Membership) -> Self:
        """Those of the organisation that one acts for."""
        return self.filter(organisation=acting.organisation_id)


class ClosedDay(models.Model):
    """A date on which an organisation does not work, besides the holidays of its country and region."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="closed_days")
    day = models.DateField(_("date"))
    name = models.CharField(_("why"), max_length=80, blank=True)

    objects: ClassVar[ClosedDayQuerySet] = ClosedDayQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("day",)
        constraints = [models.UniqueConstraint(fields=["organisation", "day"], name="closed_day_unique")]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def visible_to(self, acting: Membership) -> Self:
        """One's own."""
        return self.filter(membership=acting)

    def on(self, day: date) -> Self:
        return self.filter(starts_on__lte=day, ends_on__gte=day)


class Absence(models.Model):
    """Days on which a member is away, first and last included, and who gets their reminders meanwhile."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="absences")
    starts_on = models.DateField(_("first day away"))
    ends_on = models.DateField(_("last day away"))
    stand_in = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="stands_in", verbose_name=_("stand-in")
    )

    objects: ClassVar[AbsenceQuerySet] = AbsenceQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("starts_on",)
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__lte=F("ends_on")),
                name="absence_starts_before_it_ends",
                violation_error_message=_("The last day is before the first."),
            ),
            models.CheckConstraint(
                condition=~Q(stand_in=F("membership")),
                name="absence_stand_in_is_somebody_else",
                violation_error_message=_("The stand-in is somebody else."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership} away from {self.starts_on} to {self.ends_on}"
