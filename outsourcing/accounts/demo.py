"""The demo's people: the merchant of the design, a second organisation of its owner, a rival, and two vendors."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from outsourcing.accounts import actions, working_time
from outsourcing.accounts.models import Absence, ClosedDay, Membership, Opening, Organisation, Role, User
from outsourcing.shared import hooks

PASSWORD = "let-me-look-around"


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in to the demo, as the sign-in page lists them."""

    name: str
    email: str
    organisation: str
    roles: tuple[Role, ...]
    phone: str = ""

    @property
    def role(self) -> str:
        return ", ".join(str(role.label) for role in self.roles)


ORGANISATIONS = {
    "Juniper & Pine": (Organisation.Kind.MERCHANT, "GB", "Europe/London", "GBP"),
    "Juniper Trade": (Organisation.Kind.MERCHANT, "", "Europe/London", "GBP"),
    "Copper Kettle": (Organisation.Kind.MERCHANT, "IE", "Europe/Dublin", "EUR"),
    "Pallet & Post": (Organisation.Kind.VENDOR, "GB", "Europe/London", "GBP"),
    "Tidewell Fulfilment": (Organisation.Kind.VENDOR, "", "Europe/Amsterdam", "EUR"),
}
PEOPLE = [
    Person(
        "Theo Marchetti",
        "theo@juniperandpine.example",
        "Juniper & Pine",
        (Role.OWNER, Role.OPERATIONS),
        "020 7946 0018",
    ),
    Person("Rosa Imberg", "rosa@juniperandpine.example", "Juniper & Pine", (Role.BUYER,), "020 7946 0019"),
    Person("Nadia Okafor", "nadia@juniperandpine.example", "Juniper & Pine", (Role.OPERATIONS,)),
    Person("Piet Larsen", "piet@juniperandpine.example", "Juniper & Pine", (Role.VIEWER,)),
    Person("Orla Byrne", "orla@copperkettle.example", "Copper Kettle", (Role.OWNER,), "01 555 0142"),
    Person("Imogen Tully", "imogen@palletandpost.example", "Pallet & Post", (Role.MANAGER,), "0117 496 0123"),
    Person("Sam Adeyemi", "sam@palletandpost.example", "Pallet & Post", (Role.CONTACT,)),
    Person("Joost Vermeer", "joost@tidewell.example", "Tidewell Fulfilment", (Role.MANAGER,), "020 555 0177"),
]
#: Who also belongs to a second organisation, so that the switch can be tried.
ALSO = {"theo@juniperandpine.example": ("Juniper Trade", (Role.OWNER,))}


def people(at: datetime) -> None:
    """Everybody who can sign in to the demo, and where they work."""
    places: dict[str, Organisation] = {}
    for name, (kind, country, zone, currency) in ORGANISATIONS.items():
        places[name] = Organisation.objects.create(
            kind=kind, name=name, country=country, time_zone=ZoneInfo(zone), currency=currency
        )
    for name in ("Juniper & Pine", "Copper Kettle"):
        set_hours(places[name], [*working_time.assumed_openings(), *working_time.parse(5, "09:00-12:30")])
    set_hours(places["Pallet & Post"], [one for day in range(5) for one in working_time.parse(day, "08:30-17:30")])
    password = make_password(PASSWORD)  # once, since it is slow on purpose
    for person in PEOPLE:
        user = User.objects.create(email=person.email, password=password, name=person.name)
        EmailAddress.objects.create(user=user, email=person.email, verified=True, primary=True)
        for place, roles in [(person.organisation, person.roles), *filter(None, [ALSO.get(person.email)])]:
            Membership.objects.create(
                organisation=places[place],
                user=user,
                email=person.email,
                name=person.name,
                roles=list(roles),
                phone=person.phone,
            )
    theo, nadia = (
        Membership.objects.get(email=f"{name}@juniperandpine.example", organisation=places["Juniper & Pine"])
        for name in ("theo", "nadia")
    )
    away = at.date() + timedelta(days=12)
    Absence.objects.create(membership=nadia, starts_on=away, ends_on=away + timedelta(days=4), stand_in=theo)
    actions.invite(
        theo.organisation, email="lena@juniperandpine.example", name="Lena Voss", roles=[Role.VIEWER], by=theo, at=at
    )
    ClosedDay.objects.create(organisation=theo.organisation, day=date(at.year, 12, 24), name="Stocktaking")


def set_hours(organisation: Organisation, week: list[Opening]) -> None:
    for opening in week:
        opening.organisation = organisation
    actions.set_working_week(organisation, week)


hooks.demo.add(people, order=10)


def who_can_sign_in() -> list[str]:
    """One line for each person."""
    lines = [f"{person.email:30} {person.role}, {person.organisation}" for person in PEOPLE]
    return [f"Who can sign in, all with the password {PASSWORD}", *lines]


hooks.demo_greeting.add(who_can_sign_in, order=10)
