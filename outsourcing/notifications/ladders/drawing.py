"""Draws mails of reminders when they are about to go, so that they say what is true then: what is over, or may no
longer be read by whom it was for, is left out, and a mail of which nothing is left is not sent.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

import css_inline
from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outsourcing.accounts import by_code
from outsourcing.accounts.actions import token_of
from outsourcing.accounts.models import Invitation, Membership, Organisation
from outsourcing.notifications import opting
from outsourcing.notifications.ladders.people import ALL, Calendars, Roster, rows
from outsourcing.notifications.ladders.planning import ENDS
from outsourcing.notifications.ladders.policies import Policies
from outsourcing.notifications.ladders.posting import DIGEST, REMINDER
from outsourcing.notifications.ladders.rules import Kind, Letter, Rule, Standing, rule_of, standings_of, start_of
from outsourcing.notifications.ladders.sweeping import opted_out, places_of
from outsourcing.notifications.models import Mail, Notice
from outsourcing.notifications.words import filled, sender_name

logger = logging.getLogger(__name__)
#: What no line is to blame for.
PASSES = (DatabaseError, *ENDS)
_inliner = css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)
State = Notice.State
#: Which mails have reminded whom of these ladders in this epoch, or are about to: what was missed or did not go has
#: reminded nobody, and two rungs in one mail are one reminder.
REMINDED = """
SELECT DISTINCT r.ladder_id, coalesce(n.membership_id::text, n.address), p.organisation_id, n.mail_id
FROM notifications_notice n JOIN notifications_rung r ON r.id = n.rung_id
JOIN notifications_ladder l ON l.id = r.ladder_id AND l.epoch = r.epoch
JOIN notifications_mail m ON m.id = n.mail_id AND m.state IN ('pending', 'sending', 'sent')
LEFT JOIN accounts_membership p ON p.id = n.membership_id
WHERE r.ladder_id = ANY(%(ladders)s) AND n.state IN ('waiting', 'mailed')
"""
#: More lines than this say nothing: the page holds the rest.
LINES = 40
#: And so many are looked up for one mail, those highest on their ladders.
READ = 200


@dataclass
class Line:
    """One thing that a mail reminds of: its words, where it is, and which reminder of it this is to its reader."""

    notice: Notice
    letter: Letter
    url: str
    number: str
    others: Sequence[tuple[str, str]]
    words: str
    organisation: Organisation


def is_ours(mail: Mail) -> bool:
    """Whether it is drawn here."""
    return mail.template in (DIGEST, REMINDER)


def draw(batch: Sequence[Mail], *, at: datetime) -> dict[int, str]:
    """Draw those mails of a claimed batch that are reminders; why some shall not go, by their keys. One that a room
    fails over keeps no other back."""
    ours = [mail for mail in batch if is_ours(mail)]
    if not ours:
        return {}
    first = Window(RowNumber(), partition_by="mail", order_by=[F("rung__step").desc(), F("pk").asc()])
    rows = Notice.objects.filter(mail__in=[mail.pk for mail in ours], state__in=[State.WAITING, State.MAILED])
    read = list(rows.annotate(place=first).filter(place__lte=READ).select_related("rung__ladder").order_by("place"))
    notices: dict[int, list[Notice]] = {}
    for one in read:
        notices.setdefault(one.mail_id or 0, []).append(one)
    try:
        room = Room(read, at)
    except PASSES:
        raise
    except Exception as error:
        if len(ours) == 1:
            return {ours[0].pk: _failed(ours[0], error)}
        return {key: why for mail in ours for key, why in draw([mail], at=at).items()}
    whys = {mail.pk: _drawn(mail, notices.get(mail.pk, []), room, at) for mail in ours}
    return {key: why for key, why in whys.items() if why}


def _drawn(mail: Mail, notices: Sequence[Notice], room: "Room", at: datetime) -> str:
    """Draw one; why it shall not go, nothing where it shall."""
    try:
        with transaction.atomic():
            lines = room.lines(mail, notices)
            if lines:
                _write(mail, lines, room, at)
            if len(notices) == READ:  # what a mail does not name, the page that it leads to does
                Notice.objects.filter(mail=mail.pk, state=State.WAITING).update(state=State.MAILED)
    except PASSES:
        raise
    except Exception as error:
        return _failed(mail, error)
    return "" if lines else _("Nothing is left to say.")


def _failed(mail: Mail, error: Exception) -> str:
    """What is wrong with one that cannot be drawn: it fails alone, and a person sees it."""
    logger.error("Mail %s could not be drawn", mail.pk, exc_info=error)
    # They stay this mail's, which may be sent again, and are in the way of no other.
    Notice.objects.filter(mail=mail.pk, state=State.WAITING).update(state=State.MAILED)
    why = f"{type(error).__name__}: {error}"
    mail.failed(why)
    return why


class Room:
    """What is needed to draw some mails: how things stand, who reads them, and what their organisations have chosen."""

    def __init__(self, notices: Sequence[Notice], at: datetime) -> None:
        calendars = Calendars(at)
        by_rule: dict[str, set[int]] = {}
        for one in notices:
            by_rule.setdefault(one.rung.ladder.rule, set()).add(one.rung.ladder.subject)
        self.standings: dict[tuple[str, int], Standing | str | Exception] = {}
        for key, subjects in by_rule.items():
            if rule := rule_of(key):
                self.standings |= {
                    (key, pk): found for pk, found in read_each(rule, sorted(subjects), calendars).items()
                }
        members = [one.membership_id for one in notices if one.membership_id]
        self.off = opted_out(one.address for one in notices)
        self.members = Membership.objects.select_related("user", "organisation").in_bulk(members)
        owed = [found for found in self.standings.values() if isinstance(found, Standing)]
        # Of what each reads apart, nobody else of perhaps thousands matters.
        parts = places_of(replace(found, others=()) if found.is_apart else found for found in owed)
        places = {*parts, *(one.organisation_id for one in self.members.values())}
        self.roster = Roster.of_organisations(places, calendars)
        self.policies = Policies(found.organisation for found in owed)
        #: Ladder, then reader and their organisation, then mails.
        self.told: dict[int, dict[tuple[str, int | None], set[int]]] = {}
        for ladder, reader, place, mail in rows(REMINDED, ladders=list({one.rung.ladder_id for one in notices})):
            self.told.setdefault(ladder, {}).setdefault((reader, place), set()).add(mail)

        #: Of who was asked in and has not come: the one page that they can open is where they take their place.
        self.doors: dict[int, str] = {}
        if asked := [one.pk for one in self.members.values() if one.user_id is None]:
            for door in Invitation.objects.filter(membership__in=asked, used_at=None, revoked_at=None):
                self.doors[door.membership_id] = settings.BASE_URL + reverse("accounts:join", args=[token_of(door)])

    def link(self, path: str, member: Membership | None) -> str:
        """A page's address for a mail to somebody; what is an address already stays so."""
        if path.startswith("http"):
            return path
        return self.doors.get(member.pk if member else 0) or _link(path, member)

    def lines(self, mail: Mail, notices: Sequence[Notice]) -> list[Line]:
        """What a mail still says, the most urgent first; what it says no more is dropped, with the reason.

        What a room fails over is left out of a mail that says more. Raises what it failed with where nothing else is
        left: then the mail fails, and a person sees it.
        """
        kept: list[tuple[Notice, Rule, Standing]] = []
        seen: set[int] = set()
        bad: list[tuple[Notice, Exception]] = []
        for one in notices:
            ladder = one.rung.ladder
            rule, found = rule_of(ladder.rule), self.standings.get((ladder.rule, ladder.subject))
            if isinstance(found, Exception):
                bad.append((one, found))
                continue
            if why := self._against(one, rule, found, seen):
                Notice.objects.filter(pk=one.pk).update(state=State.DROPPED, why=why[:300])
                continue
            assert rule is not None
            assert isinstance(found, Standing)
            seen.add(ladder.pk)
            kept.append((one, rule, found))
        kept = _taken(mail, kept)
        member = self.members.get(mail.membership_id or 0)
        with timezone.override(member.zone if member else None):
            lines = []
            for one, rule, found in kept[:LINES]:
                try:
                    lines.append(self._line(one, rule, found, member))
                except PASSES:
                    raise
                except Exception as error:
                    bad.append((one, error))
        if bad and not lines:
            raise bad[0][1]
        for one, what in bad:
            logger.error("A line of mail %s could not be drawn: notice %s", mail.pk, one.pk, exc_info=what)
            why = _("It could not be written: %(error)s") % {"error": type(what).__name__}
            Notice.objects.filter(pk=one.pk).update(state=State.DROPPED, why=why)
        return lines

    def _against(self, one: Notice, rule: Rule | None, found: Any, seen: set[int]) -> str:
        """Why a notice is not mailed any more; nothing where it is."""
        ladder = one.rung.ladder
        if rule is None or not isinstance(found, Standing):
            return found if isinstance(found, str) else _("It is no longer there.")
        if found.version != ladder.version or one.rung.epoch != ladder.epoch:
            return _("It has changed meanwhile.")
        held = max(filter(None, (found.waits_until, ladder.snoozed_until)), default=None)
        if held and not one.rung.at_once and start_of(held, found.zone) > self.roster.at:
            return _("It was put off to a later day.")
        if ladder.pk in seen:
            return _("A later reminder of the same went in its place.")
        if one.membership_id is None:
            off = self.off & {(one.address, rule.category.value), (one.address, ALL)}
            return _("They want no mails of this kind.") if off else ""
        person = self.roster.people.get(one.membership_id)
        if person is None:
            return _("They are no longer there.")
        if not rule.may_read(person, found):
            return _("They may no longer read it.")
        if person.wants_none(rule.category):
            return _("They want no mails of this kind.")
        return ""

    def _line(self, one: Notice, rule: Rule, found: Standing, member: Membership | None) -> Line:
        reader = self.roster.people[member.pk] if member else None
        told = self.told.get(one.rung.ladder_id, {})
        found.reminded = max((len(mails) for (_key, place), mails in told.items() if place == found.owed_by), default=0)
        mine = told.get((str(one.membership_id or one.address), reader.organisation if reader else None), ())
        letter = rule.letter(found, one.rung.step, Kind(one.kind), reader, self.roster)
        if member is not None and member.pk in self.doors:
            said = {"place": self.roster.places[member.organisation_id].name}
            first = _("You have not taken your place at %(place)s yet: the link lets you do that.") % said
            letter = replace(letter, sentences=[*letter.sentences, first])
        words = self.policies.of(found.organisation, rule).words if one.kind == Kind.ACT else ""
        return Line(
            one,
            letter,
            self.link(letter.path, member),
            _ordinal(max(1, len(mine))),
            [(label, self.link(path, member)) for label, path in letter.others],
            filled(words, rule.words(found)),
            self.roster.places[found.organisation],
        )


def read_each(rule: Rule, subjects: Sequence[int], calendars: Calendars) -> Mapping[int, Standing | str | Exception]:
    """How these stand; one by one where the room fails over one of them."""
    try:
        return standings_of(rule, subjects, calendars)
    except PASSES:
        raise
    except Exception as error:
        if len(subjects) == 1:
            return {subjects[0]: error}
        return {pk: found for one in subjects for pk, found in read_each(rule, [one], calendars).items()}


def _taken(mail: Mail, kept: list[tuple[Notice, Rule, Standing]]) -> list[tuple[Notice, Rule, Standing]]:
    """Those of its notices that go with a mail now: the brake may have taken some away meanwhile."""
    rows = Notice.objects.filter(pk__in=[one.pk for one, _rule, _found in kept], mail=mail.pk)
    if rows.filter(state__in=[State.WAITING, State.MAILED]).update(state=State.MAILED) == len(kept):
        return kept
    still = set(rows.filter(state=State.MAILED).values_list("pk", flat=True))
    return [one for one in kept if one[0].pk in still]


def _link(path: str, member: Membership | None) -> str:
    """An address for a mail; a vendor's people come in by a code."""
    is_vendors = member is not None and not member.organisation.is_merchant and member.user_id
    page, mark, place = path.partition("#")
    return settings.BASE_URL + (by_code.address(page, member) if is_vendors and member else page) + mark + place


def _ordinal(number: int) -> str:
    names = [_("First"), _("Second"), _("Third"), _("Fourth"), _("Fifth")]
    return names[number - 1] if number <= len(names) else _("Another")


def _write(mail: Mail, lines: Sequence[Line], room: Room, at: datetime) -> None:
    """Its sender, subject, text and HTML, kept with the row."""
    member = room.members.get(mail.membership_id or 0)
    merchants = {line.organisation.pk: line.organisation for line in lines}
    own = member.organisation if member else None
    one = next(iter(merchants.values())) if len(merchants) == 1 else None
    if own is not None and own.is_merchant:
        writer: Organisation | None = own
    else:  # a vendor of itself (a certificate) is written to by the house
        writer = one if one is not None and one.is_merchant else None
    mail.category = _category(lines)
    with timezone.override(member.zone if member else None):
        context = {
            "site_name": settings.SITE_NAME, "base_url": settings.BASE_URL, "lines": lines, "line": lines[0],
            "reader": member.name.split()[0] if member and member.name.split() else "", "organisation": writer,
            "sections": _sections(lines), "many": len(merchants) > 1, "when": timezone.localtime(at),
            "reply_to": writer.reply_to if writer else "",
            "fewer_url": settings.BASE_URL + opting.address(mail, mail.category),
            "home_url": room.link(reverse("today"), member),
        }  # fmt: skip
        template = "mail/reminder" if len(lines) == 1 else "mail/digest"
        subject = lines[0].letter.subject if len(lines) == 1 else _digest_subject(lines, at)
        text = render_to_string(f"{template}.txt", context)
        html = _inliner.inline(render_to_string(f"{template}.html", context))
    mail.organisation = writer or own or one
    mail.subject = " ".join((f"{writer.name}: {subject}" if writer and writer != own else subject).split())[:300]
    mail.text, mail.html = text.strip() + "\n", html
    mail.thread = lines[0].letter.thread if len(lines) == 1 else ""
    mail.reply_to = writer.reply_to if writer else ""
    mail.sender_name = sender_name(writer)[:300]
    mail.is_secret = mail.is_secret or mail.membership_id in room.doors  # that link acts for whoever has it
    mail.save(
        update_fields=[
            "organisation", "subject", "text", "html", "thread", "category", "reply_to", "sender_name", "is_secret",
        ]
    )  # fmt: skip


def _digest_subject(lines: Sequence[Line], at: datetime) -> str:
    acts = sum(line.notice.kind == Kind.ACT for line in lines)
    day = date_format(timezone.localtime(at), "j F")
    if acts:
        words = ngettext("%(count)s thing is waited for, %(day)s", "%(count)s things are waited for, %(day)s", acts)
        return words % {"count": acts, "day": day}
    return _("Your summary, %(day)s") % {"day": day}


def _category(lines: Sequence[Line]) -> str:
    """The one that all of its lines have, else all of them."""
    found = {rule.category.value for line in lines if (rule := rule_of(line.notice.rung.ladder.rule))}
    return found.pop() if len(found) == 1 else ALL


def _sections(lines: Iterable[Line]) -> list[tuple[Organisation, list[Line]]]:
    """For each merchant its lines, by name."""
    ordered = sorted(lines, key=lambda line: (line.organisation.name, line.organisation.pk))
    groups = groupby(ordered, key=lambda line: line.organisation.pk)
    found = [list(group) for _key, group in groups]
    return [(group[0].organisation, group) for group in found]
