"""Large bodies pass to views that take files, and to no others."""

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from django.views.decorators.http import require_POST

from outsourcing.files.uploads import takes_files, takes_several_files
from outsourcing.urls import *  # noqa: F403 - the error handlers and the pages that errors link to
from outsourcing.urls import urlpatterns as house

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@require_POST
@takes_files
def take(request):
    return HttpResponse(str(request.FILES["file"].size))


@require_POST
@takes_several_files(2)
def take_two(request):
    return HttpResponse(str(sum(one.size for one in request.FILES.getlist("file"))))


def other(request):
    return HttpResponse(str(len(request.FILES)))


urlpatterns = [
    path("take", login_not_required(take)),
    path("two", login_not_required(take_two)),
    path("other", login_not_required(other)),
    *house,
]


def sent(address: str, size: int):
    return Client().post(f"/{address}", {"file": SimpleUploadedFile("a.txt", b"a" * size)})


def test_a_marked_view_gets_the_whole_file(settings):
    assert sent("take", settings.FILE_LIMIT).content == str(settings.FILE_LIMIT).encode()


def test_one_that_takes_two_gets_both_and_no_more(settings):
    assert sent("two", 2 * settings.FILE_LIMIT).content == str(2 * settings.FILE_LIMIT).encode()
    assert sent("two", 2 * settings.FILE_LIMIT + 1_100_000).status_code == 413


def test_but_not_more_than_the_limit(settings):
    assert sent("take", settings.FILE_LIMIT + 1_100_000).status_code == 413


@pytest.mark.parametrize("address", ["other", "nowhere"])
def test_other_views_turn_large_bodies_away(settings, address):
    assert sent(address, settings.LARGEST_BODY).status_code == 413


def test_a_large_body_that_is_no_form_with_files_is_turned_away(settings):
    response = Client().post("/take", b"a" * (settings.LARGEST_BODY + 1), content_type="application/json")
    assert response.status_code == 413


def test_fields_beside_the_file_keep_their_limit(settings):
    response = Client().post("/take", {"words": "a" * (settings.LARGEST_BODY + 1)})
    assert response.status_code in {400, 413}
