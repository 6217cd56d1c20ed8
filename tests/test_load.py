"""What sixteen people who click are made of (tests/load.py): their browser, and the figures. `make load` is the run."""

import random

from tests.load import Form, Page, Seen, Weights, figures

PAGE = Page(
    """
    <a class="x" href="/contracts/12/">one</a> <a href="/contracts/add/">add</a>
    <form action="/search/"><input name="q"></form>
    <form method="post" action="/messages/3/post/">
      <input type="hidden" name="csrfmiddlewaretoken" value="abc"><input type="submit" name="save" value="Send">
      <input type="radio" name="kind" value="message" checked><input type="radio" name="kind" value="question">
      <input type="checkbox" name="asks"><input type="checkbox" name="seen" checked>
      <textarea name="text">Which gate?</textarea>
      <select name="day"><option value="mon">Monday</option><option value="tue" selected>Tuesday</option></select>
    </form>
    """
)


def test_a_form_sends_what_a_browser_would():
    form = PAGE.form(r"/messages/\d+/post/")
    assert form.to == "/messages/3/post/"
    assert form.fields == {
        "csrfmiddlewaretoken": "abc", "kind": "message", "seen": "on", "text": "Which gate?", "day": "tue",
    }  # fmt: skip
    assert PAGE.form(r"/nowhere/") is None
    assert Form("<form>").to == ""


def test_a_link_is_like_the_pattern_as_a_whole():
    assert PAGE.link(r"/contracts/\d+/", random.Random(1)) == "/contracts/12/"
    assert PAGE.link(r"/contracts/", random.Random(1)) is None


def test_what_was_seen_becomes_figures():
    seen, weights = Seen(begins=100, ends=280), Weights()
    seen.took["merchant: GET /"] = [0.1] * 18 + [0.4, 0.4]
    seen.wrong = ["merchant: GET / answered 404"]
    weights.looked["web"] = [(90, 500), (110, 200), (150, 210), (230, 216), (270, 218)]
    weights.looked["worker"] = [(110, 100), (250, 111)]
    assert figures(seen, weights) == [
        {"name": "load.5xx", "value": 0, "bound": 0, "holds": True, "requests": 20},
        {"name": "load.wrong", "value": 1, "bound": 0, "holds": False, "requests": 20},
        {"name": "load.p95_ms", "value": 400, "bound": 300, "holds": False, "requests": 20, "p50_ms": 100},
        {"name": "load.web.growth_mb", "value": 12, "bound": 10.2, "holds": False, "first_mb": 205, "last_mb": 217},
        {"name": "load.worker.growth_mb", "value": 11, "bound": 5, "holds": False, "first_mb": 100, "last_mb": 111},
    ]


def test_only_what_was_asked_in_time_counts():
    seen = Seen(begins=100, ends=280)
    assert [at for at in (99, 100, 279, 280) if seen.counts(at)] == [100, 279]
