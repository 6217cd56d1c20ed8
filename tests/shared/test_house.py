"""The house's own template words."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.template import Context, Template
from django.template.defaultfilters import linebreaksbr, urlize
from hypothesis import given
from hypothesis import strategies as st

from outsourcing.shared.templatetags.house import TINTS, _drawn, icon, icons_drawn, icons_used, initials, linked, tint

ROOT = Path(__file__).parents[2]


def test_every_icon_that_a_template_or_view_names_is_drawn():
    templates = [path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html")]
    code = [path.read_text(encoding="utf-8") for path in (ROOT / "outsourcing").rglob("*.py")]
    used = set().union(*map(icons_used, templates))
    for source in code:
        used |= set(re.findall(r"""icon(?:: str)? ?= ?["']([\w-]+)["']""", source))
        used |= set(re.findall(r"""_entry\(_\("\w+"\), "([\w-]+)\"""", source))
    assert len(used) > 10
    assert used - icons_drawn() == set()


def test_icons_used_reads_both_kinds_of_quotes():
    assert icons_used("""{% icon "late" %} {%icon 'x' "classes"%} {% icon entry.icon %}""") == {"late", "x"}


def test_an_icon_is_hidden_from_screen_readers_and_points_into_the_sprite():
    drawn = icon("late", "big")
    assert 'class="icon big"' in drawn
    assert 'aria-hidden="true"' in drawn
    assert '/static/icons.svg#i-late"' in drawn


def test_an_icon_escapes_its_name():
    assert "<script>" not in Template("{% icon name %}").render(Context({"name": '"><script>'}))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("{% translate 'Skip' %}", "Skip"),
        ("{% translate '100%% of it' %}", "100% of it"),
        ("{% translate 'Skip'|upper %}", "SKIP"),
        ("{% translate name %}", "&lt;b&gt;"),
        ("{% translate 'Skip' as kept %}<{{ kept }}>", "<Skip>"),
        ("{% static 'logo.svg' %}", "/static/logo.svg"),
        ("{% static 'logo.svg' as kept %}<{{ kept }}>", "</static/logo.svg>"),
        ("{% static file %}", "/static/a.svg"),
        ('{% icon "late"|cut:"l" %}', str(icon("ate"))),
        ('{% icon icons.0 "big" %}', str(icon("late", "big"))),
    ],
)
def test_words_that_a_template_writes_out_are_shown_as_ever(written, shown):
    given = {"name": "<b>", "file": "a.svg", "icons": ["late"]}
    assert Template(written).render(Context(given)) == shown


@dataclass(frozen=True)
class Said:
    title: str
    url: str = "/"
    icon: str = "late"


def test_a_row_is_drawn_once_for_the_same_words_and_sees_nothing_else(tmp_path, settings):
    (tmp_path / "row.html").write_text("{{ one.title }}{{ request }}{{ user }};")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    each = Template('{% drawn_each "row.html" rows %}')
    rows = [Said("a"), Said("<b>"), Said("a"), Said("a", url="/b/")]
    before = _drawn.cache_info().misses
    assert each.render(Context({"rows": rows, "request": "no", "user": "no"})) == "a;&lt;b&gt;;a;a;"
    assert _drawn.cache_info().misses - before == 3


def test_a_list_cannot_be_drawn_once():
    with pytest.raises(TypeError):
        Template('{% drawn "row.html" one %}').render(Context({"one": ["may change"]}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Juniper & Pine", "J&P"),
        ("Theo Marchetti", "TM"),
        ("one two three four", "OTT"),
        ("'s-Hertogenbosch (NL)", "SN"),
        ("Ærø Ðóra", "ÆÐ"),
        ("& Sons", "S"),
        ("Straße ßig", "SS"),
        ("東京 物流", "東物"),
        ("...", ""),
        ("   ", ""),
        ("", ""),
    ],
)
def test_initials(text, expected):
    assert initials(text) == expected


def test_initials_of_a_person_are_those_of_the_name(owner):
    assert Template("{{ user|initials }}").render(Context({"user": owner.user})) == "TM"


def test_initials_are_escaped():
    assert Template("{{ name|initials }}").render(Context({"name": "a & b"})) == "A&amp;B"


def test_tint_is_the_same_in_every_process():
    code = "from outsourcing.shared.templatetags.house import tint; print(tint('Juniper & Pine'))"
    other = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert other.stdout.strip() == tint("Juniper & Pine")


def test_tints_are_all_used():
    assert {tint(f"Shop {number}") for number in range(50)} == set(TINTS)


PIECES = st.sampled_from(
    ["see", "https://a.example/x?y=1", "http://[::1]", "www.a.example", "shop.com", "shop.COM/x", "me@a.example", "a.b",
     "<b>", "&", "\n", "10:30", "javascript:alert(1)", "ftp://x", "a.museum", "(shop.org)", "x.net.", "mailto:a@b.c"]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=8)).map(" ".join))
def test_linked_is_what_urlize_makes(text):
    assert linked(text) == linebreaksbr(urlize(text))
