"""Why a merchant may believe a vendor: references, testimonials, samples of work, partners, certificates."""

from datetime import date
from typing import Any, ClassVar, Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.files.models import File
from outsourcing.shared.keys import Unguessable
from vendors.directory.models.facets import FacetValue
from vendors.directory.models.profiles import Vendor, web_address
from vendors.directory.models.requests import RequestedItem


class Level(models.IntegerChoices):
    """How we know (assurance)."""

    SAID = 0, _("The vendor says so")
    SEEN = 1, _("Document seen")
    CONTRACT = 2, _("Written into a contract")
    CONFIRMED = 3, _("A third party confirmed it")
    MEASURED = 4, _("Measured here")


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """Also the manager of every kind of evidence."""

    def current(self) -> Self:
        """Not taken back."""
        return self.filter(removed_at=None)

    def visible_to(self, acting: Membership) -> Self:
        """For a merchant: its own, what its vendors say of themselves, and what others share about published vendors;
        for a vendor: what it says of itself or handed to somebody. Two sub-queries."""
        if not acting.organisation.is_merchant:
            return self.filter(Q(merchant=None) | Q(created_by__organisation=acting.organisation_id)).filter(
                vendor__organisation=acting.organisation_id
            )
        vendor = {"pk": OuterRef("vendor")}  # asked piece by piece: "in" would read all vendors for any of them
        return self.filter(
            Q(merchant=acting.organisation_id)
            | Q(Exists(Vendor.objects.visible_to(acting).filter(**vendor)), merchant=None)
            | Q(Exists(Vendor.objects.published().filter(**vendor)), is_shared=True)
        )


class Evidence(Unguessable):
    """What each piece has.

    `merchant` is whose it is: nobody else sees it, unless `is_shared`; None is the vendor's own statement, which is
    seen by whoever sees the vendor. `level` says how we know and `level_reason` why it is not more. What is taken back
    keeps its row.
    """

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="%(class)ss")
    merchant = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    is_shared = models.BooleanField(default=False)
    item = models.ForeignKey(
        RequestedItem, on_delete=models.PROTECT, related_name="%(class)ss", null=True, blank=True, editable=False
    )
    level = models.PositiveSmallIntegerField(choices=Level, default=Level.SAID)
    level_reason = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[EvidenceQuerySet] = EvidenceQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        abstract = True
        indexes = [models.Index(fields=["vendor", "merchant"], name="%(class)s_of_vendor")]
        constraints = [models.CheckConstraint(condition=Q(level__lte=4), name="%(class)s_level_known")]


class Sharing(models.TextChoices):
    """What a referee lets other merchants see. The vendor never reads the answers."""

    NOTHING = "nothing", _("Nothing: only the shop that asked")
    ANONYMOUS = "anonymous", _("My answers, without my name and company")
    NAMED = "named", _("My answers, with my name and company")


class HireAgain(models.TextChoices):
    YES = "yes", _("Yes")
    SOME = "some", _("Yes, for some work")
    NO = "no", _("No")
    UNSAID = "unsaid", _("I would rather not say")


#: Who would hire a vendor for some work would hire it again.
WOULD_HIRE_AGAIN = (HireAgain.YES, HireAgain.SOME)


class Reference(Evidence):
    """A customer of a vendor's who can be asked, as whoever named them says; `merchant` is who may ask.

    Their own answers stand in `answer`, which a vendor never sees.
    """

    class State(models.TextChoices):
        NAMED = "named", _("Not asked yet")
        ASKED = "asked", _("Asked")
        ANSWERED = "answered", _("Answered")
        DECLINED = "declined", _("Would rather not")
        WITHDRAWN = "withdrawn", _("Taken back by the referee")

    class NamedBy(models.TextChoices):
        VENDOR = "vendor", _("Named by the vendor")
        US = "us", _("Known to us")
        FOUND = "found", _("Found by ourselves")

    class Relation(models.TextChoices):
        CURRENT = "current", _("Is a client")
        FORMER = "former", _("Was a client")

    class Channel(models.TextChoices):
        LINK = "link", _("By email and link")
        PHONE = "phone", _("By phone")
        MEETING = "meeting", _("In person")

    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("position"), max_length=120, blank=True)
    company = models.CharField(_("company"), max_length=120, blank=True)
    email = models.EmailField(_("work email"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    website = models.CharField(_("web site"), max_length=500, blank=True, validators=[web_address])
    relation = models.CharField(_("is or was a client"), max_length=8, choices=Relation, blank=True)
    named_by = models.CharField(_("who named them"), max_length=8, choices=NamedBy, default=NamedBy.US)
    has_consented = models.BooleanField(_("has agreed to be asked"), default=False)
    product_type = models.CharField(_("kind of goods"), max_length=120, blank=True)
    orders = models.ForeignKey(
        FacetValue, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("orders a month")
    )
    services = models.ManyToManyField(FacetValue, related_name="+", blank=True, verbose_name=_("what is done for them"))
    worked_from = models.DateField(_("client since"), null=True, blank=True)
    worked_until = models.DateField(_("client until"), null=True, blank=True)
    channel = models.CharField(_("how"), max_length=8, choices=Channel, default=Channel.LINK)
    contacted_on = models.DateField(_("asked on"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.NAMED)

    class Meta(Evidence.Meta):
        abstract = False

    def __str__(self) -> str:
        return ", ".join(filter(None, [self.name, self.company]))


class ReferenceAnswerQuerySet(models.QuerySet["ReferenceAnswer"]):
    def visible_to(self, acting: Membership) -> Self:
        """For a merchant: to its own references, and those shared about published vendors; for a vendor: none."""
        if not acting.organisation.is_merchant:
            return self.none()
        return self.filter(withdrawn_at=None, reference__in=Reference.objects.visible_to(acting))

    def verified(self) -> Self:
        """Confirmed by a third party whom nothing speaks against."""
        return self.filter(withdrawn_at=None, reference__removed_at=None, reference__level__gte=Level.CONFIRMED)


def score(label: Any) -> models.PositiveSmallIntegerField:  # type: ignore[type-arg]
    """0 to 5; None where the referee cannot say."""
    return models.PositiveSmallIntegerField(label, null=True, blank=True, validators=[MaxValueValidator(5)])


class ReferenceAnswer(models.Model):
    """What a referee said. Scores run 0 (very bad) to 5 (very good)."""

    class OnTime(models.TextChoices):
        NEARLY_ALWAYS = "always", _("Nearly always")
        MOSTLY = "mostly", _("Mostly")
        HALF = "half", _("About half the time")
        RARELY = "rarely", _("Rarely")
        UNKNOWN = "unknown", _("I do not know")

    reference = models.OneToOneField(Reference, on_delete=models.PROTECT, related_name="answer")
    services = models.ManyToManyField(FacetValue, related_name="+", blank=True)
    orders = models.ForeignKey(FacetValue, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    relation = models.CharField(max_length=8, choices=Reference.Relation, blank=True)
    worked_from = models.DateField(_("from"), null=True, blank=True)
    worked_until = models.DateField(_("until"), null=True, blank=True)
    on_time = models.CharField(max_length=8, choices=OnTime, blank=True)
    delivery = score(_("Delivery"))
    accuracy = score(_("Accuracy"))
    communication = score(_("Communication"))
    problem_solving = score(_("Problem solving"))
    value = score(_("Value for money"))
    went_wrong = models.TextField(_("what went wrong"), max_length=5000, blank=True)
    text = models.TextField(_("in their words"), max_length=5000, blank=True)
    hire_again = models.CharField(max_length=6, choices=HireAgain, blank=True)
    why_left = models.TextField(_("why they left"), max_length=2000, blank=True)
    has_conflict = models.BooleanField(default=False)
    conflict = models.CharField(_("how they are connected"), max_length=500, blank=True)
    sharing = models.CharField(max_length=9, choices=Sharing, default=Sharing.NOTHING)
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    answered_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ReferenceAnswerQuerySet] = ReferenceAnswerQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    delivery__lte=5, accuracy__lte=5, communication__lte=5, problem_solving__lte=5, value__lte=5
                ),
                name="reference_answer_scores_to_five",
            )
        ]

    def __str__(self) -> str:
        return f"Answer of {self.reference}"


class Testimonial(Evidence):
    """Words that somebody is quoted with; confirmed or not by the company that is quoted."""

    quote = models.TextField(_("words"), max_length=5000)
    person = models.CharField(_("who said it"), max_length=120, blank=True)
    role = models.CharField(_("position"), max_length=120, blank=True)
    company = models.CharField(_("company"), max_length=120)
    email = models.EmailField(_("whom we may ask"), blank=True)
    said_on = models.DateField(_("said on"), null=True, blank=True)
    url = models.CharField(_("where it stands"), max_length=500, blank=True, validators=[web_address])
    confirmed_at = models.DateTimeField(null=True, blank=True)
    disputed_at = models.DateTimeField(null=True, blank=True)

    class Meta(Evidence.Meta):
        abstract = False

    def __str__(self) -> str:
        return self.company


class Partner(Evidence):
    """Somebody whom a vendor works with."""

    class Kind(models.TextChoices):
        CLIENT = "client", _("Client")
        CARRIER = "carrier", _("Carrier")
        PLATFORM = "platform", _("Platform")
        TECHNOLOGY = "technology", _("Technology")

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    website = models.CharField(_("web site"), max_length=500, blank=True, validators=[web_address])
    since = models.PositiveSmallIntegerField(_("since the year"), null=True, blank=True)
    email = models.EmailField(_("whom we may ask"), blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    disputed_at = models.DateTimeField(null=True, blank=True)

    class Meta(Evidence.Meta):
        abstract = False

    def __str__(self) -> str:
        return self.name


class WorkSample(Evidence):
    """A piece of work to look at: a file, a link, or a parcel with the day it came, photos and a verdict.

    The verdict is the merchant's own; it is seen by nobody else.
    """

    class Form(models.TextChoices):
        FILE = "file", _("File")
        LINK = "link", _("Link")
        PHYSICAL = "physical", _("Physical sample")

    title = models.CharField(_("what it is"), max_length=160)
    description = models.TextField(_("about it"), max_length=2000, blank=True)
    form = models.CharField(_("form"), max_length=8, choices=Form)
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    url = models.CharField(_("link"), max_length=500, blank=True, validators=[web_address])
    made_on = models.DateField(_("made on"), null=True, blank=True)
    arrived_on = models.DateField(_("arrived on"), null=True, blank=True)
    verdict = models.CharField(_("verdict"), max_length=4, choices=RequestedItem.Verdict, blank=True)
    verdict_text = models.TextField(_("why"), max_length=2000, blank=True)
    judged_at = models.DateTimeField(null=True, blank=True)

    class Meta(Evidence.Meta):
        abstract = False
        constraints = [
            *Evidence.Meta.constraints,
            models.CheckConstraint(
                condition=Q(form="file", file__isnull=False) | Q(form="link") & ~Q(url="") | Q(form="physical"),
                name="work_sample_has_its_form",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class SamplePhoto(models.Model):
    """A picture of a physical sample."""

    sample = models.ForeignKey(WorkSample, on_delete=models.CASCADE, related_name="photos")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.sample}: {self.file}"


class Pick(models.Model):
    """A piece of the vendor's own statement that it answers a request with, so that nothing is typed twice."""

    item = models.ForeignKey(RequestedItem, on_delete=models.CASCADE, related_name="picks")
    sample = models.ForeignKey(WorkSample, on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    testimonial = models.ForeignKey(Testimonial, on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="+", null=True, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(sample__isnull=False, testimonial=None, partner=None)
                    | Q(sample=None, testimonial__isnull=False, partner=None)
                    | Q(sample=None, testimonial=None, partner__isnull=False)
                ),
                name="pick_is_one_piece",
            ),
            *[
                models.UniqueConstraint(fields=["item", piece], name=f"pick_{piece}_once")
                for piece in ("sample", "testimonial", "partner")
            ],
        ]

    def __str__(self) -> str:
        return str(self.sample or self.testimonial or self.partner)


class Certificate(Evidence):
    """A paper with a date on which it ends; an expired one stays, struck through."""

    value = models.ForeignKey(
        FacetValue, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("certificate")
    )
    name = models.CharField(_("name"), max_length=120)
    issuer = models.CharField(_("issued by"), max_length=120, blank=True)
    number = models.CharField(_("number"), max_length=80, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    checked_on = models.DateField(_("checked with the issuer on"), null=True, blank=True)

    class Meta(Evidence.Meta):
        abstract = False
        indexes = [
            *Evidence.Meta.indexes,
            models.Index(fields=["expires_on"], condition=Q(removed_at=None), name="certificate_expiry"),
        ]
        constraints = [
            *Evidence.Meta.constraints,
            models.CheckConstraint(
                condition=Q(issued_on=None) | Q(expires_on=None) | Q(issued_on__lte=models.F("expires_on")),
                name="certificate_issued_before_it_expires",
                violation_error_message=_("It ends before it was issued."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_expired(self, today: date) -> bool:
        """Valid through its last day."""
        return self.expires_on is not None and self.expires_on < today
