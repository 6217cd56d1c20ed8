"""Who a session is of, together with their places: every page asks for both, so one planned statement finds them."""

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from allauth.account.auth_backends import AuthenticationBackend
from django.db import connection
from django.db.models import Model

from outsourcing.accounts import hooks
from outsourcing.accounts.models import Membership, Organisation, User
from outsourcing.shared import statements

M = TypeVar("M", bound=Model)
PERSON = """
SELECT {columns} FROM accounts_user u
LEFT JOIN accounts_membership m ON m.user_id = u.id AND m.left_at IS NULL
LEFT JOIN accounts_organisation o ON o.id = m.organisation_id
WHERE u.id = %(user)s ORDER BY o.name, m.id
"""


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """Proves who somebody is as allauth does; only the person of a session is found more quickly."""

    def get_user(self, user_id: int) -> User | None:
        """The person with their `places`; None where there is none, or who is switched off."""
        statement, more = _statement()
        found = statements.rows(statement, {"user": user_id})
        user = _made(User, found[0]) if found else None
        if user is None or not self.user_can_authenticate(user):
            return None
        user.places = [_place(user, row, more) for row in found if row[_width(User)] is not None]
        return user


def _place(user: User, row: Sequence[Any], more: Sequence[str]) -> Membership:
    """One of the person's places, with what rooms above say of it."""
    own = row[_width(User) :]
    theirs = own[_width(Membership) :]
    place = _made(Membership, own)
    place.user, place.organisation = user, _made(Organisation, theirs)
    place.__dict__.update(zip(more, theirs[_width(Organisation) :], strict=True))
    return place


@cache
def _statement() -> tuple[str, list[str]]:
    """What finds a person and `MembershipQuerySet.of` them, and the names of what rooms above say of each."""
    more = hooks.own_places()
    models = {"u": User, "m": Membership, "o": Organisation}
    columns = [f"{alias}.{field.column}" for alias, model in models.items() for field in model._meta.concrete_fields]
    return PERSON.format(columns=", ".join([*columns, *(sql for _name, sql in more)])), [name for name, _sql in more]


def _made(model: type[M], row: Sequence[Any]) -> M:
    """An object out of the first values of a row, which are its columns."""
    fields = model._meta.concrete_fields
    values = [
        field.from_db_value(value, None, connection) if hasattr(field, "from_db_value") else value
        for field, value in zip(fields, row, strict=False)
    ]
    return model.from_db(connection.alias, [field.attname for field in fields], values)


def _width(model: type[Model]) -> int:
    """How many columns it has."""
    return len(model._meta.concrete_fields)
