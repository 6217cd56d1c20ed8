"""An answer is packed where the browser takes it, and is the same once it is unpacked."""

import gzip
import io

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from outsourcing.shared.middleware import Zipped

TEXT = b"Harrow & Quay, L\xc3\xbcbeck. " * 40


def answered(response, accepts="br, gzip"):
    headers = {"Accept-Encoding": accepts} if accepts else {}
    return Zipped(lambda request: response)(RequestFactory(headers=headers).get("/"))


def test_it_is_the_same_and_says_how_long_it_is():
    packed = answered(HttpResponse(TEXT))
    assert gzip.decompress(packed.content) == TEXT
    assert len(packed.content) < len(TEXT) / 2
    assert packed.headers["Content-Length"] == str(len(packed.content))
    assert (packed["Content-Encoding"], packed["Vary"]) == ("gzip", "Accept-Encoding")


def test_its_length_does_not_tell_how_long_a_secret_in_it_is():
    sizes = {len(answered(HttpResponse(TEXT)).content) for _ in range(100)}
    assert len(sizes) > 20
    assert max(sizes) - min(sizes) < 100


def test_the_random_part_is_a_name_as_rfc_1952_has_it():
    with gzip.GzipFile(fileobj=io.BytesIO(answered(HttpResponse(TEXT)).content)) as unpacked:
        assert unpacked.read() == TEXT
        assert unpacked.mtime == 0


@pytest.mark.parametrize("accepts", ["", "br", "identity"])
def test_whoever_does_not_take_it_gets_it_as_it_is(accepts):
    plain = answered(HttpResponse(TEXT), accepts)
    assert plain.content == TEXT
    assert "Content-Encoding" not in plain
    assert plain["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "response",
    [HttpResponse(b"short"), HttpResponse(TEXT, headers={"Content-Encoding": "br"}), HttpResponse(bytes(range(200)))],
    ids=["short", "packed before", "would grow"],
)
def test_what_packing_makes_no_better_stays(response):
    before = response.content, response.headers.get("Content-Encoding")
    after = answered(response)
    assert (after.content, after.headers.get("Content-Encoding")) == before


def test_what_is_streamed_is_packed_as_it_goes():
    packed = answered(StreamingHttpResponse(iter([TEXT, TEXT])))
    assert gzip.decompress(b"".join(packed.streaming_content)) == TEXT * 2


def test_a_strong_etag_becomes_weak():
    packed = answered(HttpResponse(TEXT, headers={"ETag": '"one"'}))
    assert gzip.decompress(packed.content) == TEXT
    assert packed["ETag"] == 'W/"one"'
