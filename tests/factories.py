"""Objects for tests: set only what matters."""

from datetime import UTC, datetime

import factory
from allauth.account.models import EmailAddress

from outsourcing.accounts.models import Membership, Organisation, Role, User
from outsourcing.conversations.models import Entry, Thread
from outsourcing.notifications.models import Ladder, Mail, Notice, Rung
from outsourcing.shared.keys import random_key
from vendors.directory.models import Reference, Relationship, Vendor
from vendors.directory.search import index
from vendors.sourcing.models import Brief, Candidate, Criterion, Evaluator


class OrganisationFactory(factory.django.DjangoModelFactory):
    kind = Organisation.Kind.MERCHANT
    name = factory.Sequence(lambda n: f"Shop {n}")

    class Meta:
        model = Organisation


class UserFactory(factory.django.DjangoModelFactory):
    email = factory.Sequence(lambda n: f"person{n}@shop.example")
    name = factory.Sequence(lambda n: f"Person {n}")

    class Meta:
        model = User

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        user = model_class.objects.create_user(*args, **kwargs)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user


class MembershipFactory(factory.django.DjangoModelFactory):
    organisation = factory.SubFactory(OrganisationFactory)
    user = factory.SubFactory(UserFactory)
    email = factory.SelfAttribute("user.email")
    name = factory.SelfAttribute("user.name")
    roles = factory.LazyFunction(lambda: [Role.OWNER])

    class Meta:
        model = Membership


class MailFactory(factory.django.DjangoModelFactory):
    occurrence = factory.Sequence(lambda n: f"test:{n}")
    template = "test"
    address = factory.Sequence(lambda n: f"reader{n}@shop.example")
    sender_name = "Juniper & Pine via Outsourcing"
    subject = "Juniper & Pine: a question"
    text = "Hello,\n\nCan you ship on Saturday?\n"
    html = "<p>Hello, can you ship on Saturday?</p>"
    message_id = factory.Sequence(lambda n: f"<test-{n}@localhost>")
    created_at = datetime(2026, 11, 24, 9, tzinfo=UTC)
    not_before = datetime(2026, 11, 24, 9, tzinfo=UTC)

    class Meta:
        model = Mail


class LadderFactory(factory.django.DjangoModelFactory):
    rule = "turn"
    subject = factory.LazyFunction(random_key)
    organisation = factory.SubFactory(OrganisationFactory)
    version = "1"
    title = "Can you ship on Saturday?"
    url = "/contracts/"
    started_at = datetime(2026, 11, 24, 9, tzinfo=UTC)

    class Meta:
        model = Ladder


class RungFactory(factory.django.DjangoModelFactory):
    ladder = factory.SubFactory(LadderFactory)
    organisation = factory.SelfAttribute("ladder.organisation")
    epoch = 1
    step = 1
    due_at = datetime(2026, 11, 24, 9, tzinfo=UTC)

    class Meta:
        model = Rung


class NoticeFactory(factory.django.DjangoModelFactory):
    rung = factory.SubFactory(RungFactory, state=Rung.State.DONE, done_at=datetime(2026, 11, 24, 9, tzinfo=UTC))
    organisation = factory.SelfAttribute("rung.ladder.organisation")
    membership = factory.SubFactory(MembershipFactory)
    title = "Waits for your answer: Can you ship on Saturday?"
    url = "/contracts/"
    created_at = datetime(2026, 11, 24, 9, tzinfo=UTC)
    state = Notice.State.SHOWN

    class Meta:
        model = Notice


class VendorFactory(factory.django.DjangoModelFactory):
    """A published vendor, listed; `private_to=shop` makes one that only this merchant knows."""

    organisation = factory.SubFactory(
        OrganisationFactory, kind="vendor", name=factory.Sequence(lambda n: f"Vendor {n}")
    )
    added_at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    changed_at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    claimed_at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    published_at = datetime(2026, 11, 2, 9, tzinfo=UTC)

    class Meta:
        model = Vendor

    @classmethod
    def _create(cls, model_class, *args, private_to=None, **kwargs):
        if private_to is not None:
            kwargs |= {"claimed_at": None, "published_at": None, "added_by": private_to}
        vendor = super()._create(model_class, *args, **kwargs)
        if private_to is not None:
            RelationshipFactory(vendor=vendor, merchant=private_to)
        index.refresh([vendor.pk])
        return vendor


class RelationshipFactory(factory.django.DjangoModelFactory):
    created_at = datetime(2026, 11, 2, 9, tzinfo=UTC)

    class Meta:
        model = Relationship


class ReferenceFactory(factory.django.DjangoModelFactory):
    vendor = factory.SubFactory(VendorFactory)
    name = "Maren Holt"
    company = "Ember Ceramics"
    email = factory.Sequence(lambda n: f"maren{n}@ember-ceramics.example")
    created_at = datetime(2026, 11, 2, 9, tzinfo=UTC)

    class Meta:
        model = Reference


class ThreadFactory(factory.django.DjangoModelFactory):
    """An empty thread between `merchant` and `vendor`; `begun` of tests/conversations writes in one."""

    merchant = factory.SubFactory(OrganisationFactory)
    vendor = factory.SubFactory(OrganisationFactory, kind="vendor")
    subject = "Peak overflow"
    opened_by = factory.SubFactory(MembershipFactory, organisation=factory.SelfAttribute("..merchant"))
    opened_at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    last_entry_at = factory.SelfAttribute("opened_at")

    class Meta:
        model = Thread


class EntryFactory(factory.django.DjangoModelFactory):
    """A message of the merchant's first in its thread: no turn, no count. Actions write real ones."""

    thread = factory.SubFactory(ThreadFactory)
    number = 1
    kind = "message"
    side = "merchant"
    author = factory.SelfAttribute("thread.opened_by")
    text = "The second pallet run is at ten."
    created_at = datetime(2026, 11, 2, 9, tzinfo=UTC)

    class Meta:
        model = Entry


class BriefFactory(factory.django.DjangoModelFactory):
    """A draft of `merchant`'s; `vendors.sourcing` has the actions that publish one."""

    merchant = factory.SubFactory(OrganisationFactory)
    title = "UK pick and pack"
    created_by = factory.SubFactory(MembershipFactory, organisation=factory.SelfAttribute("..merchant"))
    created_at = datetime(2026, 11, 2, 9, tzinfo=UTC)

    class Meta:
        model = Brief


class CriterionFactory(factory.django.DjangoModelFactory):
    brief = factory.SubFactory(BriefFactory)
    name = factory.Sequence(lambda n: f"Criterion {n}")

    class Meta:
        model = Criterion


class CandidateFactory(factory.django.DjangoModelFactory):
    """Considered, and not invited."""

    brief = factory.SubFactory(BriefFactory)
    vendor = factory.SubFactory(OrganisationFactory, kind="vendor", name=factory.Sequence(lambda n: f"Vendor {n}"))
    added_by = factory.SelfAttribute("brief.created_by")
    added_at = datetime(2026, 11, 2, 9, tzinfo=UTC)

    class Meta:
        model = Candidate


class EvaluatorFactory(factory.django.DjangoModelFactory):
    """Named, has stated that there is no conflict, has not submitted."""

    brief = factory.SubFactory(BriefFactory)
    member = factory.SubFactory(MembershipFactory, organisation=factory.SelfAttribute("..brief.merchant"))
    named_by = factory.SelfAttribute("brief.created_by")
    named_at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    stated_at = datetime(2026, 11, 2, 9, tzinfo=UTC)

    class Meta:
        model = Evaluator
