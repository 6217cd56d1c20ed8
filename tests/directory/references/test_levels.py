"""How an answer counts, as a table."""

import re

import pytest

from vendors.directory.references.levels import level_of

WORK = {"channel": "link", "email": "maren@ember.example", "vendor_domains": {"harrow.example"}}


@pytest.mark.parametrize(
    ("about", "level", "reason"),
    [
        ({"website": "https://www.ember.example/about"}, 3, ""),
        ({}, 3, ""),
        ({"email": "maren@mail.ember.co.uk", "website": "https://ember.co.uk"}, 3, ""),
        ({"website": "https://elsewhere.example"}, 3, "Work address at ember.example, which is not their web site's"),
        ({"email": "maren.holt@gmail.com"}, 0, "Free mail"),
        ({"email": "maren.holt@gmail.com", "website": "https://gmail.com"}, 0, "Free mail"),
        ({"email": "maren@harrow.example"}, 0, "the vendor's own"),
        ({"email": "maren@post.harrow.example"}, 0, "the vendor's own"),
        ({"email": "maren@harrow.example", "website": "https://harrow.example"}, 0, "the vendor's own"),
        ({"email": "me@juniper.example", "asker_domains": {"juniper.example"}}, 0, "the shop that asked"),
        ({"email": "maren@localhost"}, 0, "cannot be traced"),
        ({"email": ""}, 0, "cannot be traced"),
        ({"has_conflict": True}, 1, "They are connected with the vendor"),
        ({"has_conflict": True, "email": "x@gmail.com"}, 0, "Free mail.*; they are connected"),
        ({"channel": "phone", "email": ""}, 1, "Spoken to by phone"),
        ({"channel": "meeting", "email": "x@gmail.com"}, 1, "Spoken to in person"),
        ({"channel": "phone", "has_conflict": True}, 1, "by phone; they are connected"),
    ],
)
def test_the_level_and_why_it_is_not_more(about, level, reason):
    given, words = level_of(**WORK | about)
    assert given == level
    assert re.search(reason, words) if reason else words == ""
