"""What the log says in production, by which id, and what it never says; errors that nobody caught."""

import json
import logging
import re
import sys
import uuid

import pytest
from celery import signals
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import path

from outsourcing import urls
from outsourcing.celery import HEADER, app
from outsourcing.shared import failures, hooks, logs
from outsourcing.shared.errors import Stop
from tests.shared.test_settings import assert_one_sentence, start

SECRET = "Rosa Imberg, rosa@shop.example, 41 Quay Road"
TASK_ID = "0f0f0f0f-1111-2222-3333-abababababab"
LINK = "7.c7Kq2mXw9Tz4Rb8Yv1Nd5Lp3Hs6Jg0Fa:1uXyZ9:aB3dE5fG7hI9jK1lM3nO5pQ7"


@login_not_required
def greet(request, token):
    logging.getLogger("some.library").warning("Somebody came by %s", request.path)
    return HttpResponse("hello")


@login_not_required
def fall(request):
    try:
        raise KeyError(SECRET)
    except KeyError as error:
        raise ValueError(f"Key (email)=({SECRET}) already exists") from error


urlpatterns = [*urls.urlpatterns, path("greet/<str:token>/", greet), path("fall/", fall)]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
of_ours = pytest.mark.urls(__name__)


@pytest.fixture
def lines():
    """What production would write, as it is read back; `lines.text` is what stood there."""

    class Kept(logging.Handler):
        def __init__(self) -> None:
            super().__init__(logging.INFO)
            self.text: list[str] = []
            self.setFormatter(logs.Line())

        def emit(self, record: logging.LogRecord) -> None:
            self.text.append(self.format(record))

        def __iter__(self):
            return iter([json.loads(line) for line in self.text])

    kept, root, requests = Kept(), logging.getLogger(), logging.getLogger("outsourcing.requests")
    levels = root.level, requests.level
    root.addHandler(kept)
    root.setLevel(logging.INFO)
    requests.setLevel(logging.INFO)
    yield kept
    root.removeHandler(kept)
    root.setLevel(levels[0])
    requests.setLevel(levels[1])


# ---- Of a request --------------------------------------------------------------------------------------------------
@of_ours
def test_a_request_has_one_id_in_all_its_lines_and_in_the_answer(client, lines):
    answer = client.get(f"/greet/{LINK}/?q=rosa")
    said = [one for one in lines if one["request"] == answer["X-Request-ID"]]
    assert [one["logger"] for one in said] == ["some.library", "outsourcing.requests"]
    last = said[1]
    assert (last["method"], last["route"], last["status"]) == ("GET", "/greet/<str:token>/", 200)
    assert not re.search("c7Kq2|aB3dE|rosa", "".join(lines.text))


@pytest.mark.parametrize(
    ("given", "is_kept"),
    [
        ("3f1c-proxy.7", True),
        ("", False),
        ("short", False),
        ("x" * 65, False),
        ('a"}\n{"b', False),
        ("ünïcødé-id", False),
    ],
)
def test_the_id_of_a_proxy_is_kept_if_it_looks_like_one(client, given, is_kept):
    answered = client.get("/healthz", headers={"X-Request-ID": given})["X-Request-ID"]
    assert (answered == given) is is_kept
    assert logs.GIVEN.fullmatch(answered)


def test_404_carries_none(client, db):
    answer = client.get("/no/such/page/", headers={"X-Request-ID": "from-the-proxy"})
    assert "X-Request-ID" not in answer
    assert b"from-the-proxy" not in answer.content


def test_who_acts_for_whom_is_named_by_keys(owner, signed_in, lines):
    before = logs.now_about()
    signed_in(owner).get("/settings/profile/")
    last = list(lines)[-1]
    assert (last["organisation"], last["membership"]) == (owner.organisation_id, owner.pk)
    assert logs.now_about() == before  # the next one starts anew


def test_a_refusal_shows_the_id_too(viewer, signed_in):
    answer = signed_in(viewer).get("/settings/organisation/")
    assert answer.status_code == 403
    assert answer["X-Request-ID"] in answer.content.decode()


# ---- Of an error ---------------------------------------------------------------------------------------------------
@pytest.fixture
def told():
    """What somebody who plugged in is told."""
    found: list[hooks.Failure] = []
    hooks.unhandled.add(found.append)
    yield found
    for function in list(hooks.unhandled):
        hooks.unhandled.remove(function)


@of_ours
def test_an_error_is_told_once_by_kind_and_place_without_its_words(client, lines, told):
    client.raise_request_exception = False
    answer = client.get("/fall/")
    assert answer.status_code == 500
    assert answer["X-Request-ID"] in answer.content.decode()
    (failure,) = told
    assert (failure.where, failure.what, failure.task) == ("web", "/fall/", "")
    assert failure.kind == "ValueError, of KeyError"
    assert failure.request == answer["X-Request-ID"]
    assert re.fullmatch(r"tests/shared/test_logs.py:\d+ fall", failure.stack[-1])
    (line,) = [one for one in lines if "error" in one]
    assert line["error"] == {"kind": failure.kind, "stack": list(failure.stack)}
    for text in (*lines.text, repr(failure), answer.content.decode()):
        assert not re.search("Rosa|rosa@|Quay", text)


@of_ours
def test_what_fails_in_a_report_changes_nothing(client, lines, told):
    def broken(failure: hooks.Failure) -> None:
        raise ConnectionError(SECRET)

    hooks.unhandled.add(broken, order=1)
    client.raise_request_exception = False
    assert client.get("/fall/").status_code == 500
    assert len(told) == 1
    assert "An error could not be reported" in [one["event"] for one in lines]
    assert "Rosa" not in "".join(lines.text)


def test_a_function_that_is_not_there_stops_the_start(settings):
    assert_one_sentence(start(ERROR_REPORT="no.such.function"), "ERROR_REPORT")
    settings.ERROR_REPORT = "outsourcing.shared.clock.settings"
    with pytest.raises(Stop, match="dotted path of a function"):
        failures.plug_in()


def test_a_function_that_is_named_is_told(settings, monkeypatch, told):
    found = []
    monkeypatch.setattr(sys.modules[__name__], "report_to", found.append, raising=False)
    settings.ERROR_REPORT = f"{__name__}.report_to"
    failures.plug_in()
    failures.report(ValueError(SECRET), where="task", what="some.task")
    assert found == told
    assert (found[0].kind, found[0].stack) == ("ValueError", ())


# ---- Of a task -----------------------------------------------------------------------------------------------------
@app.task(name="tests.fall")
def falling() -> None:
    logging.getLogger("some.task").warning("It is about to fall")
    raise ValueError(SECRET)


def test_a_task_names_itself_and_the_request_that_woke_it(lines, told):
    """What is published carries the id; a worker's run of it names both, and what fails there is told."""
    published = []
    signals.before_task_publish.connect(lambda headers=None, **kwargs: published.append(dict(headers)), weak=False)
    with logs.about(request="the-click"):
        falling.delay()
    assert published[-1][HEADER] == "the-click"
    key = str(uuid.uuid4())
    falling.apply(task_id=key, headers={HEADER: "the-click"})
    said = next(one for one in lines if one["logger"] == "some.task")
    assert (said["task"], said["task_name"], said["request"]) == (key, "tests.fall", "the-click")
    assert (told[0].where, told[0].what, told[0].task, told[0].request) == ("task", "tests.fall", key, "the-click")
    assert "task" not in logs.now_about()
    assert not re.search("Rosa|rosa@|Quay", "".join(lines.text))


# ---- Words ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("said", "given", "kept"),
    [
        ("Mail %s could not be drawn", (12,), "Mail 12 could not be drawn"),
        ("It takes nothing: %s", (OSError(SECRET),), "It takes nothing: OSError"),
        ("To %s", ("rosa@shop.example",), "To (address)"),
        ("amqp://me:%s@host//", ("pw",), "amqp://me:(address)//"),
        ("Found at /r/%s/", (LINK,), "Found at /r/7.(token):1uXyZ9:(token)/"),
        ("Task %(name)s[%(id)s]: %(exc)s", ({"name": "a.b", "id": TASK_ID, "exc": SECRET},), f"Task a.b[{TASK_ID}]: -"),
        ("A row: %r", ({"name": "Rosa"}.items(),), "A row: '(dict_items)'"),
        ("100 % sure", (), "100 % sure"),
        ("two %s of %s", ("one",), "two %s of %s"),
        ("one\ntwo", (), "one\ntwo"),
    ],
)  # fmt: skip
def test_what_an_event_may_say(said, given, kept):
    record = logging.LogRecord("some", logging.INFO, "", 1, said, given, None)
    assert logs.words_of(record) == kept
    assert "\n" not in logs.Line().format(record)
