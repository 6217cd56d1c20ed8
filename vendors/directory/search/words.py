"""The words that somebody types, as PostgreSQL takes them, and what they may have meant."""

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from django.db import connection

from outsourcing.accounts.models import Membership

MOST = 12  # words; whoever pastes a page is answered for its beginning
ALIKE = """
    SELECT t.token, coalesce(
        (SELECT t.token WHERE EXISTS (SELECT 1 FROM directory_word w WHERE w.text LIKE t.token || '%%'
            AND (w.merchant_id IS NULL OR w.merchant_id = %(merchant)s))),
        (SELECT w.text FROM directory_word w WHERE w.text %% t.token
            AND (w.merchant_id IS NULL OR w.merchant_id = %(merchant)s)
            ORDER BY similarity(w.text, t.token) DESC, w.count DESC, w.text LIMIT 1))
    FROM (SELECT immutable_unaccent(token) AS token, place
        FROM unnest(%(tokens)s::text[]) WITH ORDINALITY AS given(token, place)) t ORDER BY t.place
"""
KNOWN = """
    SELECT coalesce(max(count), 0), (SELECT reltuples::bigint FROM pg_class WHERE oid = 'directory_listing'::regclass)
    FROM directory_word WHERE merchant_id IS NULL AND text LIKE immutable_unaccent(%(word)s) || '%%'
"""


class Known(NamedTuple):
    """How many public listings had the commonest word that begins so, when they were last counted, and of about how
    many: whoever searches for it finds as many or more."""

    hits: int = 0
    among: int = 0


def tsquery(words: str, alike: Mapping[str, tuple[str, ...]]) -> str:
    """Prefixes, "phrases" and -exclusions as the text of a tsquery; letters and digits only, so never an error.

    A word is searched with those that are `alike`, a phrase as it stands. Empty where nothing is left to search for.
    """
    parts = []
    for minus, phrase, word in _parts(words):
        tokens = _tokens(phrase or word)
        if tokens:
            one = _phrase(tokens) if phrase else " & ".join(_either(token, alike) for token in tokens)
            parts.append(f"{'!' if minus else ''}({one})")
    return " & ".join(parts[:MOST])


def lone_word(words: str) -> str:
    """The word where there is but one, neither in quotes nor left out; else nothing."""
    parts = _parts(words)
    tokens = _tokens(parts[0][2]) if len(parts) == 1 and not parts[0][0] else []
    return tokens[0].lower() if len(tokens) == 1 else ""


def known_of(word: str) -> Known:
    """What is known of a word before it is searched for. One query, none for nothing."""
    if not word:
        return Known()
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, {"word": word})
        return Known(*cursor.fetchone())


def names(words: str) -> str:
    """A tsquery for names alone with all the words that are not left out."""
    found = [token for minus, phrase, word in _parts(words) if not minus for token in _tokens(phrase or word)]
    return " & ".join(f"'{token}':*A" for token in found[:MOST])


def suggestion(words: str, acting: Membership) -> str:
    """The words with each that nothing begins with replaced by the likeliest known one; empty where none is.

    Known are the words of published vendors and of the merchant's own. What is in quotes or left out stays.
    """
    given = [token for minus, phrase, word in _parts(words.lower()) if not (minus or phrase) for token in _tokens(word)]
    given = list(dict.fromkeys(given))[:MOST]
    if not given:
        return ""
    with connection.cursor() as cursor:
        cursor.execute(ALIKE, {"tokens": given, "merchant": acting.organisation_id})
        best = cursor.fetchall()
    meant = {token: found for token, (same, found) in zip(given, best, strict=True) if found and found != same}
    return re.sub(r"[^\W_]+", lambda token: meant.get(token[0].lower(), token[0]), words) if meant else ""


def _parts(words: str) -> list[tuple[str, str, str]]:
    """Minus or nothing, a phrase or nothing, a word or nothing; a quote that is never closed is none."""
    if words.count('"') % 2:
        head, _, tail = words.rpartition('"')
        words = f"{head} {tail}"
    found = re.findall(r'(-?)"([^"]*)"|(-?)([^\s"]+)', words)
    return [(minus or other, phrase, word) for minus, phrase, other, word in found]


def _tokens(text: str) -> list[str]:
    """The words of a text without signs that PostgreSQL's unaccent makes quotes and colons of (U+02B0 to U+02FF, and
    what is written out as one of them or as several signs)."""
    return re.findall(r"[^\W_\u02b0-\u02ff]+", unicodedata.normalize("NFKC", text))


def _phrase(tokens: list[str]) -> str:
    return " <-> ".join(f"'{token}'" for token in tokens)


def _either(token: str, alike: Mapping[str, tuple[str, ...]]) -> str:
    any_of = [f"'{token}':*", *(f"({_phrase(_tokens(other))})" for other in alike.get(token.lower(), ()))]
    return f"({' | '.join(any_of)})" if len(any_of) > 1 else any_of[0]
