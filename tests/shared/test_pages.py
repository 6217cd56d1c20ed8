"""Error pages: what each says, and what it must not tell."""

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.test import Client
from django.urls import path, reverse
from pytest_django.asserts import assertContains, assertTemplateUsed

from outsourcing import urls
from outsourcing.shared.errors import DomainError

SAYS = {
    "400": "could not be read",
    "403": "This is not yours to do",
    "403_csrf": "reload the page and send it again",
    "404": "There is no such page",
    "409": "That is not possible now",
    "413": "too large to send",
    "429": "Wait a few minutes",
    "500": "Something broke on our side",
}


class NotSubmittedError(DomainError):
    """The vendor has not submitted it."""


@login_not_required
def fall(request, how):
    raise {
        "rule": NotSubmittedError("Ask <b>Pallet & Post</b> to submit it first."),
        "rights": PermissionDenied("secret reason"),
        "suspicious": SuspiciousOperation("secret reason"),
        "bug": ZeroDivisionError("secret reason"),
    }[how]


urlpatterns = [*urls.urlpatterns, path("fall/<str:how>/", fall)]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500


# ---- Each stands alone: no fixture of the database here, so that a query would be an error ---------------------------
@pytest.mark.parametrize(("name", "words"), SAYS.items())
def test_each_page_needs_neither_database_nor_context(name, words):
    page = render_to_string(f"{name}.html")
    assert words in page
    assert "<h1>" in page
    assert 'href="/"' in page
    assert "<form" not in page
    assert "{{" not in page


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("how", "status", "words"),
    [("rights", 403, SAYS["403"]), ("suspicious", 400, SAYS["400"]), ("bug", 500, SAYS["500"])],
)
def test_a_fall_in_a_view_shows_its_page_and_not_its_reason(client, how, status, words):
    client.raise_request_exception = False
    page = client.get(f"/fall/{how}/")
    assertContains(page, words, status_code=status)
    assert b"secret reason" not in page.content


# ---- 404 -----------------------------------------------------------------------------------------------------------
def bytes_of(page) -> tuple[int, bytes, dict[str, str]]:
    return page.status_code, page.content, dict(page.items())


def test_404_is_the_same_for_everybody_and_whatever_is_missing(owner, viewer, contact, rival, client, signed_in):
    answers = [bytes_of(client.get("/no/such/page/"))]
    for member in (owner, viewer, contact):
        answers.append(bytes_of(signed_in(member).get("/no/such/page/?q=secret")))
        answers.append(bytes_of(signed_in(member).post("/no/such/page/", {"q": "secret"})))
        answers.append(bytes_of(signed_in(member).post(reverse("accounts:switch"), {"membership": rival.pk})))
        answers.append(bytes_of(signed_in(member).post(reverse("accounts:switch"), {"membership": 987654321})))
    assert answers[0][0] == 404
    assert all(answer == answers[0] for answer in answers)


def test_404_in_another_language_or_from_htmx_is_the_same(owner, signed_in):
    plain = bytes_of(signed_in(owner).get("/no/such/page/"))
    assert (
        bytes_of(signed_in(owner).get("/no/such/page/", headers={"Accept-Language": "de", "HX-Request": "true"}))
        == plain
    )


# ---- 413 and 400 ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("proof", [True, False], ids=["csrf checked", "csrf not checked"])
def test_a_body_that_is_too_large(db, proof):
    client = Client(enforce_csrf_checks=proof)
    client.get(reverse("account_login"))
    page = client.post(
        reverse("account_login"), {"login": "x" * 3_000_000}, content_type="application/x-www-form-urlencoded"
    )
    assertContains(page, SAYS["413"], status_code=413)


def test_a_body_with_too_many_fields(db, client):
    page = client.post(
        reverse("account_login"), "&".join(f"f{n}=1" for n in range(2000)), "application/x-www-form-urlencoded"
    )
    assertContains(page, SAYS["400"], status_code=400)


def test_a_host_that_is_not_ours(client):
    assertContains(client.get("/accounts/login/", headers={"Host": "evil.example"}), SAYS["400"], status_code=400)


# ---- 403 -----------------------------------------------------------------------------------------------------------
def test_a_form_without_proof_is_told_what_to_do(db):
    page = Client(enforce_csrf_checks=True).post(reverse("account_login"), {"login": "x"})
    assertContains(page, SAYS["403_csrf"], status_code=403)


# ---- 409 -----------------------------------------------------------------------------------------------------------
@pytest.mark.urls(__name__)
def test_a_broken_rule_is_a_page_with_its_sentence_escaped(client):
    page = client.get("/fall/rule/")
    assertTemplateUsed(page, "409.html")
    assertContains(page, "Ask &lt;b&gt;Pallet &amp; Post&lt;/b&gt; to submit it first.", status_code=409)
    assertContains(page, "<html", status_code=409)


@pytest.mark.urls(__name__)
def test_a_broken_rule_is_a_fragment_where_htmx_asked(client):
    page = client.get("/fall/rule/", headers={"HX-Request": "true"})
    assertTemplateUsed(page, "_problem.html")
    assertContains(page, "Ask &lt;b&gt;Pallet &amp; Post&lt;/b&gt; to submit it first.", status_code=409)
    assert b"<html" not in page.content


@pytest.mark.urls(__name__)
def test_a_member_meets_the_same_conflict_page(owner, signed_in):
    assertContains(signed_in(owner).get("/fall/rule/"), "to submit it first.", status_code=409)


def test_a_file_that_is_too_large_is_turned_away_unread(client):
    page = client.post("/accounts/login/", {"file": SimpleUploadedFile("film.mp4", b"x" * 3_000_000)})
    assert page.status_code == 413
    assertContains(page, "too large", status_code=413)


def test_a_length_that_is_no_number_is_turned_away(client):
    assert client.generic("POST", "/accounts/login/", b"", CONTENT_LENGTH="abc").status_code == 413


def test_a_visit_to_what_takes_forms_only_says_so(owner, signed_in):
    page = signed_in(owner).get("/settings/switch/")
    assertContains(page, "takes forms only", status_code=405)
    assert page.headers["Allow"] == "POST"
