"""Nobody in the wrong room: every route of the resolver by every method for the whole cast, against tests/access.

A route that has no row fails here by its name. To add it, write a row in tests/access/<room>.py (see Row).
"""

import importlib
import io
import os
import pkgutil
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import unquote

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.transaction import Atomic
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.client import ClientHandler
from django.test.utils import override_settings
from django.urls import NoReverseMatch, Resolver404, URLPattern, get_resolver, resolve, reverse
from django.utils import timezone

from outsourcing.accounts import members
from outsourcing.accounts.middleware import SAME_IN_ALL
from outsourcing.accounts.models import Organisation
from outsourcing.leaving.exporting import ZIP
from outsourcing.notifications.tasks import sweep
from outsourcing.shared import tasks
from outsourcing.shared.sheets import XLSX
from tests import access
from tests.access.rows import LOGIN, Answer, Row, nobody_may
from tests.access.world import CAST, SECOND_MARK, STRANGER, World
from tests.factories import NoticeFactory, RungFactory, UserFactory
from vendors.directory.enquiries import views as enquiries
from vendors.directory.enquiries.links import token_of
from vendors.directory.models import FacetValue

pytestmark = pytest.mark.django_db  # each test inside the transaction that holds the world

METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
REFUSALS = (LOGIN, 403, 404, 405, 409, 410)
FEW = ("owner", "manager", "rival", STRANGER)
NO_SUCH_PAGE = "/no/such/page/"
#: What every request may write: the reader's session, and how often somebody tried.
OWN = {"django_session", "cache", "usersessions_usersession"}
WRITES = re.compile(r'\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+"(\w+)"')

ROOMS = [
    importlib.import_module(f"tests.access.{found.name}")
    for found in pkgutil.iter_modules(access.__path__)
    if found.name not in ("rows", "world")
]
ROWS: list[Row] = [row for room in ROOMS for row in room.ROWS]


def routes(patterns: Any = None, namespaces: tuple[str, ...] = (), path: str = "") -> Iterator[str]:
    """The name of each route that Django resolves, or its path where it has none."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        here = path + str(one.pattern)
        if isinstance(one, URLPattern):
            yield ":".join((*namespaces, one.name)) if one.name else f"(without a name) {here}"
        else:
            yield from routes(one.url_patterns, (*namespaces, *filter(None, [one.namespace])), here)


ROUTES = list(routes())


# ---- The world, once for all; each request is taken back -----------------------------------------------------------
@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever is written inside is gone afterwards."""
    atomic = Atomic(using=None, savepoint=True, durable=False)
    atomic._from_testcase = True
    with atomic:
        yield
        connection.set_rollback(True)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    signed_in_long_enough = override_settings(ACCOUNT_REAUTHENTICATION_TIMEOUT=3_600)  # the walk takes minutes
    with django_db_blocker.unblock(), taken_back(), signed_in_long_enough:
        tasks.pulse()
        made = World()
        for room in ROOMS:
            getattr(room, "furnish", lambda world: None)(made)
        made.sign_everybody_in()
        yield made


@pytest.fixture(autouse=True)
def beat_runs(request) -> None:
    """The world is made once, and a slow machine takes longer over it than a pulse lasts."""
    if "readyz" in request.node.name and "world" in request.fixturenames:
        request.getfixturevalue("world")
        tasks.pulse()
        sweep()


handler = ClientHandler(enforce_csrf_checks=False)  # not Client itself: it copies the context of each template


def ask(method: str, path: str, session: str | None, data: dict | None = None) -> HttpResponse:
    factory = RequestFactory()
    factory.cookies = SimpleCookie({"sessionid": session} if session else {})
    body = {"data": data or {}} if method == "post" else {}
    return whole(handler(getattr(factory, method)(path, **body).environ))


def whole(response: Any) -> HttpResponse:
    """A file that is read as it is sent, as one answer."""
    if not response.streaming:
        return response
    read = HttpResponse(
        b"".join(response.streaming_content), headers=dict(response.items()), status=response.status_code
    )
    for close in response._resource_closers:  # not the response, whose end would close the world's connection
        close()
    return read


@contextmanager
def written() -> Iterator[list[str]]:
    """The tables that are written to meanwhile, sessions and the like aside."""
    tables: list[str] = []

    def look(execute, sql, params, many, context):
        tables.extend(set(WRITES.findall(sql)) - OWN)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield tables


def path_of(world: World, row: Row) -> str:
    try:
        return reverse(row.route, kwargs=row.args(world))
    except NoReverseMatch:
        pytest.fail(
            f"Row {row}: no such route, or other arguments than {row.args(world)}. Is it gone? Then take it out."
        )


def own_form(world: World, row: Row, person: str) -> dict:
    """A valid body as this person's page would send it."""
    acting = {"acting": world.members[person].pk} if person in world.members else {}
    return acting | row.data(world, person)


def text(row: Row, world: World, person: str) -> str:
    return row.shows(world, person) if callable(row.shows) else row.shows


def got(response: HttpResponse, path: str) -> Answer:
    """A response in the words of a row."""
    if response.status_code != 302:
        return response.status_code
    where, _, query = response["Location"].partition("#")[0].partition("?")
    if where == reverse("account_login") and unquote(query) == f"next={path}":
        return LOGIN
    try:
        return resolve(where).view_name
    except Resolver404:
        return response["Location"]


def marks_hidden_from(world: World, person: str, row: Row) -> list[str]:
    """The marks of all organisations but the one that this person acts for."""
    own = world.place_of(person)
    return [
        SECOND_MARK,
        *(place.mark for name, place in world.places.items() if place is not own and name not in told_of(row, person)),
    ]


def told_of(row: Row, person: str) -> tuple[str, ...]:
    """The places that this person may read of on the page besides their own."""
    met = row.meets.get(person, ())
    return (*row.tells, *((met,) if isinstance(met, str) else met))


def words_of(response: HttpResponse) -> str:
    """What can be read in a body, inside the parts of a workbook or an archive too; another file may hold anything."""
    if response.get("Content-Type", "") not in (XLSX, ZIP) or not response.content:
        return response.content.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(response.content)) as book:
        return "\n".join(book.read(name).decode(errors="replace") for name in book.namelist())


def everything_of(response: HttpResponse) -> tuple[int, bytes, list[tuple[str, str]], str]:
    return response.status_code, response.content, sorted(response.items()), response.cookies.output()


@pytest.mark.django_db
def test_a_mail_server_with_the_secret_hands_in_what_came_back(client, settings):
    settings.BOUNCE_SECRET = "a secret"
    for said, status in (("a secret", 200), ("another", 403)):
        answer = client.post(reverse("mails:bounces"), b"", "message/rfc822", HTTP_AUTHORIZATION=f"Bearer {said}")
        assert answer.status_code == status


@pytest.mark.django_db
def test_a_held_reminder_goes_on(owner, signed_in):
    rung = RungFactory(ladder__organisation=owner.organisation, state="held", by=owner)
    assert signed_in(owner).post(reverse("reminders:let_go", args=[rung.pk])).status_code == 302
    rung.refresh_from_db()
    assert rung.state != "held"


@pytest.mark.django_db
def test_all_notices_are_read_at_once(owner, viewer, signed_in):
    mine, theirs = NoticeFactory(membership=owner), NoticeFactory(membership=viewer)
    signed_in(owner).post(reverse("reminders:read_all"))
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert mine.read_at is not None
    assert theirs.read_at is None


@pytest.mark.django_db
def test_a_notice_leads_to_what_it_is_about(owner, signed_in):
    notice = NoticeFactory(membership=owner)
    assert signed_in(owner).get(reverse("reminders:notice", args=[notice.pk])).url == notice.url
    notice.refresh_from_db()
    assert notice.read_at is not None


@pytest.mark.django_db
def test_what_closes_is_opened_again_by_who_runs_it(owner, viewer, signed_in):
    Organisation.objects.filter(pk=owner.organisation_id).update(closes_at=timezone.now())
    for who, status, closes in ((viewer, 403, True), (owner, 302, False)):
        assert signed_in(who).post(reverse("leaving:open_again")).status_code == status
        assert Organisation.objects.get(pk=owner.organisation_id).is_closing is closes


@pytest.mark.django_db
def test_who_signs_in_anew_is_signed_out_first(owner, signed_in):
    client = signed_in(owner)
    assert client.post(reverse("leaving:again")).status_code == 302
    assert client.get(reverse("today")).status_code == 302


# ---- The table is whole --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("route", ROUTES)
def test_each_route_has_a_row(route):
    rows = [row for row in ROWS if row.route == route]
    assert rows, f"Nobody said who may use the route {route!r}: add a Row for it to ROWS in tests/access/<room>.py."
    proven = [row for row in rows if row.shows or row.changes or row.proven_by in globals() or same_for_all(row)]
    assert proven, f"{route} has no row with a control"


def test_each_row_has_a_route():
    gone = [str(row) for row in ROWS if row.route not in ROUTES]
    assert not gone, f"Rows of routes that are gone; take them out of tests/access: {gone}"


def test_each_route_has_a_name_of_its_own():
    assert [name for name, count in Counter(ROUTES).items() if count > 1 or name.startswith("(")] == []


def test_rows_are_told_apart():
    assert [name for name, count in Counter(map(str, ROWS)).items() if count > 1] == []


def same_for_all(row: Row) -> bool:
    """A route that only sends on, from which there is nothing to see."""
    return all(isinstance(answer, str) for answer in row.get.values())


# ---- The walk ------------------------------------------------------------------------------------------------------
def test_a_look_leaves_no_mark_on_what_has_a_history():
    """So the history need not know who looks: PGHISTORY_MIDDLEWARE_METHODS."""
    tracked = {one.pgh_tracked_model._meta.db_table for one in apps.get_models() if hasattr(one, "pgh_tracked_model")}
    assert "accounts_membership" in tracked
    assert not [row for row in ROWS if tracked & set(row.marks)]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_walk(world, row):
    path = path_of(world, row)
    wrong, controls = [], 0
    for method in METHODS:
        for person in asking(row, method):
            expected = row.answers(method)[person]
            with taken_back():
                trouble, worked = visit(world, row, path, method, person, expected)
            wrong += [f"{method.upper()} {path} as {person}: {one}" for one in trouble]
            controls += worked
    assert not wrong, f"\n{row}:\n" + "\n".join(wrong)
    assert controls or not (row.shows or row.changes), f"{row}: nobody for whom it works"


def asking(row: Row, method: str) -> tuple[str, ...]:
    """Everybody; of a method that a page does not have for anybody, whoever has the most rights on each side, a rival
    and a stranger. `make prove` asks for everybody then too."""
    is_refused = method not in ("get", "head", "post") and row.answers(method) == nobody_may()
    return FEW if is_refused and os.environ.get("HYPOTHESIS_PROFILE") != "prove" else CAST


def unknown_page(world: World, method: str, person: str) -> tuple[int, bytes, list[tuple[str, str]], str]:
    """What this person gets where there is no page, asked for once."""
    key = (method, person)
    if key not in world.unknown:
        world.unknown[key] = everything_of(ask(method, NO_SUCH_PAGE, world.sessions.get(person)))
    return world.unknown[key]


def visit(world: World, row: Row, path: str, method: str, person: str, expected: Answer) -> tuple[list[str], bool]:
    """What is wrong with one answer, and whether it is a positive control."""
    wrong = []
    before = row.changes(world, person) if row.changes and method == "post" else None
    form = own_form(world, row, person) if method == "post" else None
    with written() as tables:
        response = ask(method, path + (row.query if method == "get" else ""), world.sessions.get(person), form)
    answer = got(response, path + (row.query if method == "get" else ""))
    if answer != expected:
        return [f"{answer}, not {expected}"], False
    if (expected in REFUSALS or method in ("get", "head", "options")) and set(tables) - set(row.marks):
        wrong.append(f"wrote {tables}")
    body = words_of(response).lower()
    wrong += [f"shows {mark}" for mark in marks_hidden_from(world, person, row) if mark in body]
    if answer == 404:
        unknown = unknown_page(world, method, person)
        if everything_of(response) != unknown:
            wrong.append(f"a 404 unlike an unknown page's: {everything_of(response)[2:]} {unknown[2:]}")
    if method == "get" and answer == 200 and row.shows:
        if text(row, world, person).lower() not in body:
            wrong.append(f"does not show {text(row, world, person)!r}")
        return wrong, True
    if method == "post" and row.changes:
        should = (isinstance(expected, str) and expected != LOGIN) or expected in row.worked
        if (before != row.changes(world, person)) is not should:
            wrong.append("changed nothing" if should else "changed something")
        return wrong, should
    return wrong, False


# ---- Ids in bodies -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("row", "name"), [(row, name) for row in ROWS for name in row.ids], ids=str)
def test_a_live_id_of_somebody_else_is_refused(world, row, name):
    path = path_of(world, row)
    for person in CAST:
        if row.post[person] in REFUSALS:
            continue
        form = own_form(world, row, person) | {name: row.ids[name](world, person)}
        with taken_back(), written() as tables:
            response = ask("post", path, world.sessions.get(person), form)
            assert response.status_code in (200, 404, 409, 422), f"{person} posted {form} to {path}"
            assert not tables, f"{person} wrote {tables} with {form} to {path}"
            assert not [mark for mark in marks_hidden_from(world, person, row) if mark in str(response.content).lower()]
            if response.status_code == 404:
                assert everything_of(response) == unknown_page(world, "post", person)
            elif response.status_code in (200, 422):
                assert b"is-invalid" in response.content


@pytest.mark.parametrize("row", [row for row in ROWS if 200 in row.get.values()], ids=str)
def test_each_choice_of_an_object_is_named_in_ids(world, row):
    """Whatever field chooses among rows of the database, somebody tried it with a live id of somebody else's."""
    person = next(one for one in CAST if row.get[one] == 200)
    client = Client()
    client.cookies = SimpleCookie({"sessionid": world.sessions[person]} if person != STRANGER else {})
    with taken_back():
        response = client.get(path_of(world, row))
        whole(response)
    contexts = response.context if isinstance(response.context, list) else filter(None, [response.context])
    fields: dict[str, Any] = {}
    for form in (value for one in contexts for value in one.flatten().values() if hasattr(value, "base_fields")):
        fields |= {name: field for name, field in form.fields.items() if hasattr(field, "queryset")}
    assert set(fields) <= set(row.ids), f"{row}: say in `ids` whose live ids {set(fields) - set(row.ids)} must refuse"


# ---- Somebody with two organisations -------------------------------------------------------------------------------
HEADS = {"shop": "owner", "vendor": "manager"}


@pytest.mark.parametrize("row", [row for row in ROWS if row.of in HEADS], ids=str)
def test_an_object_of_another_own_organisation_offers_the_switch(world, row):
    head, path = HEADS[row.of], path_of(world, row)
    session, second = world.elsewhere[head], world.seconds[head]
    for method in ("get", "head"):
        with taken_back(), written() as tables:
            response = ask(method, path, session)
        if row.get[head] == 405:
            assert response.status_code == 405
            continue
        assert (response.status_code, tables) == (200, [])
        if method == "get":
            page = response.content.decode()
            assert f'action="{reverse("accounts:switch")}"' in page
            assert f'name="membership" value="{world.members[head].pk}"' in page
            assert f'name="next" value="{path}"' in page
            inside = world.without_oneself(head, page.replace(str(world.places[row.of].organisation), ""))
            assert not [place.mark for place in world.places.values() if place.mark in inside]
    form = row.data(world, head) | {"acting": second.pk}
    with taken_back(), written() as tables:
        response = ask("post", path, session, form)
        assert (response.status_code, tables) == (405 if row.post[head] == 405 else 404, [])
        if response.status_code == 404:
            assert everything_of(response) == everything_of(ask("post", NO_SUCH_PAGE, session, form))


def test_the_switch_leads_to_the_object(world):
    session = world.elsewhere["owner"]
    path = reverse("accounts:member", args=[world.shop.member.pk])
    assert world.shop.member.email not in ask("get", path, session).content.decode()
    form = {"membership": world.members["owner"].pk, "next": path}
    assert got(ask("post", reverse("accounts:switch"), session, form), path) == "accounts:member"
    assert world.shop.member.email in ask("get", path, session).content.decode()


@pytest.mark.parametrize("row", [row for row in ROWS if isinstance(row.post["owner"], str)], ids=str)
def test_a_form_made_for_another_own_organisation_is_refused(world, row):
    path = path_of(world, row)
    if path.startswith(SAME_IN_ALL):
        pytest.skip("it is about the person, whatever they act for")
    form = own_form(world, row, "owner") | {"acting": world.seconds["owner"].pk}
    with taken_back(), written() as tables:
        response = ask("post", path, world.sessions["owner"], form)
    assert (response.status_code, tables) == (409, [])


@pytest.mark.parametrize("row", [row for row in ROWS if row.get["owner"] == 200], ids=str)
def test_one_organisation_is_never_seen_under_the_other(world, row):
    """The owner acts for the second one: no mark of the shop's, besides its name in the switch."""
    if row.args(world):
        pytest.skip("its objects are looked at above")
    with taken_back():
        response = ask("get", path_of(world, row) + row.query, world.elsewhere["owner"])
    assert response.status_code == 200
    page = words_of(response).replace(str(world.shop.organisation), "")
    about_oneself = row.route.startswith(("mfa_", "account_"))  # a key has the name that one gave it
    inside = world.without_oneself("owner", page)
    told = told_of(row, "owner")
    shown = [place.mark for name, place in world.places.items() if place.mark in inside and name not in told]
    assert shown == [] or (about_oneself and shown == [world.shop.mark])


def test_the_second_organisation_shows_its_own(world):
    """The control of the test above."""
    page = ask("get", reverse("accounts:members"), world.elsewhere["owner"]).content.decode()
    assert SECOND_MARK in page


# ---- Marks of a reader's own ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("method", ["get", "head"])
def test_a_look_at_a_saved_search_is_its_owners_mark(world, method):
    """Whoever else has its address leaves none, and neither does whoever only asks whether it is there."""
    path, mine = reverse("directory:saved_search", args=[world.shop.search.pk]), world.shop.search
    for person in CAST:
        with taken_back():
            ask(method, path, world.sessions.get(person))
            looked_at = type(mine).objects.get(pk=mine.pk).looked_at
        assert (looked_at > mine.looked_at) is (person == "owner" and method == "get"), person


# ---- Pages that do not exist ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("method", METHODS)
def test_a_stranger_meets_the_login_where_there_is_a_page_and_404_where_there_is_none(world, method):
    live, unknown = reverse("accounts:member", args=[world.shop.member.pk]), reverse("accounts:member", args=[2**31])
    answers = [ask(method, path, None) for path in (live, unknown)]
    assert [got(answer, path) for answer, path in zip(answers, (live, unknown), strict=True)] == [LOGIN, LOGIN]
    assert ask(method, NO_SUCH_PAGE, None).status_code == 404


@pytest.mark.parametrize("number", [0, 2**31, 2**63 - 1, 2**63, 10**30])
def test_an_id_that_nobody_has_is_like_one_of_somebody_elses(world, number):
    for person in ("owner", "rival", "contact", "nobody"):
        session = world.sessions[person]
        response = ask("get", reverse("accounts:member", args=[number]), session)
        assert everything_of(response) == everything_of(ask("get", NO_SUCH_PAGE, session))


# ---- Mail scanners -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("link", ["invitation", "reference"])
def test_ten_thousand_looks_at_a_link_write_nothing(world, monkeypatch, method, link):
    """Each a few hundred, and ten thousand in `make prove`: a part of them by the whole way, the others at the view,
    which does not draw its page then."""
    whole, plain = (400, 9_600) if os.environ.get("HYPOTHESIS_PROFILE") == "prove" else (40, 400)
    module, view, token, changed = {
        "invitation": (
            members,
            members.join,
            world.shop.token,
            {"accounts_invitation", "accounts_membership", "accounts_user"},
        ),
        "reference": (
            enquiries,
            enquiries.show,
            token_of(world.shop.asked_enquiry),
            {"directory_enquiry", "directory_reference", "directory_referenceanswer", "notifications_mail"},
        ),
    }[link]
    path = reverse({"invitation": "accounts:join", "reference": "directory:enquiry"}[link], args=[token])
    statements: set[str] = set()

    def look(execute, sql, params, many, context):
        statements.add(sql.split()[0])
        return execute(sql, params, many, context)

    def rows_written() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables")
            return cursor.fetchone()[0]

    before = rows_written()
    with connection.execute_wrapper(look):
        for _ in range(whole):
            assert ask(method, path, None).status_code == 200
        monkeypatch.setattr(module, "render", lambda *args, **kwargs: HttpResponse("drawn"))
        monkeypatch.setattr(enquiries, "AnswerForm", lambda *args, **kwargs: None)
        request = getattr(RequestFactory(), method)(path)
        request.user, request.session = AnonymousUser(), {}
        for _ in range(plain):
            assert view(request, token=token).content == b"drawn"
            assert request.session == {}
    monkeypatch.undo()
    assert statements == {"SELECT"}
    assert rows_written() == before
    answer = {"hire_again": "yes", "has_conflict": "no", "sharing": "named"}
    with written() as tables:
        assert ask("post", path, None, answer).status_code == 302  # the control: it can still be taken up
    assert changed <= set(tables)
    assert rows_written() > before


# ---- Staff, of whom the cast has none ------------------------------------------------------------------------------
def test_staff_alone_reach_what_staff_keep(world):
    person = UserFactory(is_staff=True)
    session = world.session_of(person)
    rows = [row for row in ROWS if row.route.startswith("admin:")]
    assert len(rows) >= 10
    for row in rows:
        if row.route in ("admin:directory_vendor_add", "admin:shared_mailhold_add"):
            continue  # nobody adds one there
        kwargs = row.args(world)
        if "object_id" in kwargs:
            kept = {"_vendor_": world.vendor.published, "_task_": world.catalogue_job, "_mailhold_": world.hold}
            known = next((one for name, one in kept.items() if name in row.route), FacetValue.objects.first())
            kwargs = {"object_id": known.pk}
        response = ask("get", reverse(row.route, kwargs=kwargs), session)
        assert response.status_code == 200, row.route
        body = response.content.decode().lower()
        assert not [place.mark for place in (world.shop, world.rival) if place.mark in body], row.route
