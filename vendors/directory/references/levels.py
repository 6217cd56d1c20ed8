"""How we know what a referee, a quoted company or a partner says (B3), as one pure function.

| How it came | Level |
|---|---|
| through the link, at a work address | 3, a third party confirmed it |
| through the link, at a free mail service, the vendor's own domain, the asking shop's, or none | 0, with the reason |
| by phone or in person, written down by the shop | 1: the shop's own word, nobody else saw it |
| any of these from somebody who is connected with the vendor (worked there, family, money) | 1 at most |

Level 2 is a contract, level 4 what was measured here: no answer of a person reaches them.
"""

from collections.abc import Collection

from django.utils.translation import gettext as _

from vendors.directory.domains import is_free_mail, registered_domain
from vendors.directory.models import Level, Reference

Channel = Reference.Channel


def level_of(
    *,
    channel: str,
    email: str = "",
    website: str = "",
    vendor_domains: Collection[str] = (),
    asker_domains: Collection[str] = (),
    has_conflict: bool = False,
) -> tuple[Level, str]:
    """The level, and in words why it is not more; no words where nothing speaks against it.

    `email` is the address that the link went to, `website` that of the company. Domains are registered ones
    (`domains.registered_domain`).
    """
    level, reason = _by_channel(channel, email, website, vendor_domains, asker_domains)
    if has_conflict and level > Level.SEEN:
        return Level.SEEN, _("They are connected with the vendor")
    if has_conflict:
        return level, "; ".join(filter(None, [reason, _("they are connected with the vendor")]))
    return level, reason


def _by_channel(
    channel: str, email: str, website: str, vendor_domains: Collection[str], asker_domains: Collection[str]
) -> tuple[Level, str]:
    if channel == Channel.PHONE:
        return Level.SEEN, _("Spoken to by phone")
    if channel == Channel.MEETING:
        return Level.SEEN, _("Spoken to in person")
    domain = registered_domain(email)
    if not domain:
        return Level.SAID, _("The address cannot be traced to a company")
    if is_free_mail(email):
        return Level.SAID, _("Free mail: anybody can have such an address")
    if domain in vendor_domains:
        return Level.SAID, _("The address is the vendor's own")
    if domain in asker_domains:
        return Level.SAID, _("The address is that of the shop that asked")
    if website and domain != registered_domain(website):
        return Level.CONFIRMED, _("Work address at %(domain)s, which is not their web site's") % {"domain": domain}
    return Level.CONFIRMED, ""
