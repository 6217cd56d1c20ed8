"""People (User), the two kinds of organisation, and a person's place in one (Membership)."""

from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from timezone_field import TimeZoneField


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


class Organisation(models.Model):
    """A merchant or a vendor."""

    class Kind(models.TextChoices):
        MERCHANT = "merchant", _("Merchant")
        VENDOR = "vendor", _("Vendor")

    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(_("name"), max_length=120)
    time_zone = TimeZoneField(_("time zone"), default="UTC")
    country = CountryField(_("country"), blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="GBP")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["merchant", "vendor"]), name="organisation_kind_known"),
            models.CheckConstraint(condition=~Q(name=""), name="organisation_name_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_merchant(self) -> bool:
        return self.kind == self.Kind.MERCHANT


class Role(models.TextChoices):
    """What a member may do; the first four are a merchant's, the last two a vendor's."""

    OWNER = "owner", _("Owner")
    BUYER = "buyer", _("Buyer")
    OPERATIONS = "operations", _("Operations")
    VIEWER = "viewer", _("Viewer")
    MANAGER = "manager", _("Manager")
    CONTACT = "contact", _("Contact")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> Self:
        """Places that have not been left."""
        return self.filter(left_at=None)

    def of(self, user: User) -> Self:
        """The places that one person has now, by the organisation's name."""
        return self.current().filter(user=user).select_related("organisation").order_by("organisation__name", "pk")


class Membership(models.Model):
    """A person's place in an organisation. Without a user it is a contact who has not joined yet."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships", null=True, blank=True)
    email = models.EmailField(_("email address"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    roles = ArrayField(models.CharField(max_length=10, choices=Role))
    is_backup = models.BooleanField(_("backup"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    left_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["Membership"]] = MembershipQuerySet.as_manager()

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
        return f"{self.name or self.email}, {self.organisation}"

    def has_role(self, *roles: Role) -> bool:
        """Whether the person holds one of `roles`; rights add up."""
        return any(role in self.roles for role in roles)
