"""A brief and what belongs to it, held for one change at a time."""

from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from vendors.sourcing.errors import NotInThisState, NotTheChair, Overtaken
from vendors.sourcing.models import Brief, BriefState, Candidate


def hold(brief: Brief | int) -> Brief:
    """The brief's row as it is now, locked until the transaction ends: whoever changes anything of it, or of a
    candidate's, begins here, so that nobody waits for two rows in two orders."""
    pk = brief if isinstance(brief, int) else brief.pk
    return Brief.objects.select_for_update(of=("self",)).select_related("merchant").get(pk=pk)


def held(candidate: Candidate) -> Candidate:
    """The candidate as it is now, with its brief held."""
    brief = hold(candidate.brief_id)
    now = Candidate.objects.select_related("vendor").get(pk=candidate.pk)
    now.brief = brief
    return now


def see_that_it_is(brief: Brief, at: datetime, *states: BriefState) -> None:
    """Raises NotInThisState, with where the brief stands at `at`."""
    state = BriefState(brief.state_at(at))
    if state not in states:
        raise NotInThisState(_("The brief is “%(state)s”: that cannot be done now.") % {"state": state.label})


def see_that_nothing_changed(brief: Brief, seen: int | None) -> None:
    """Raises Overtaken where a held brief is not at the version that whoever acts has read; None asks for none."""
    if seen is not None and brief.version != seen:
        raise Overtaken(_("Somebody changed the brief meanwhile: reload the page, then do it again."))


def see_that_they_chair(brief: Brief, by: Membership) -> None:
    """Raises NotTheChair."""
    if not brief.is_chaired_by(by):
        raise NotTheChair(_("Only whoever wrote the brief, or an owner, decides this."))


def touch(brief: Brief) -> None:
    """Count a change of a held brief, for whoever still reads the page before."""
    Brief.objects.filter(pk=brief.pk).update(version=F("version") + 1)
    brief.refresh_from_db(fields=["version"])


def advance(brief: Brief, to: BriefState, **fields: object) -> None:
    """Move a held brief and count it."""
    Brief.objects.filter(pk=brief.pk).update(state=to, version=F("version") + 1, **fields)
    brief.refresh_from_db(fields=["state", "version", *fields])


def move(candidate: Candidate, to: str, **fields: object) -> None:
    """Move a candidate, whose brief is held, to another stage and count it. Raises Overtaken."""
    rows = Candidate.objects.filter(pk=candidate.pk, stage=candidate.stage)
    if not rows.update(stage=to, version=F("version") + 1, **fields):
        raise Overtaken(_("%(vendor)s has moved meanwhile: reload the page.") % {"vendor": candidate.vendor})
    candidate.refresh_from_db(fields=["stage", "version", *fields])
