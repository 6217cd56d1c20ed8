"""How soon and how often: an organisation's choice for each rule, a preset or delays of its own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from outsourcing.notifications.ladders.rules import Rule, Unit, known
from outsourcing.notifications.models.choices import Policy, Preset

#: No reminder lies further from what is due.
FURTHEST = 250


@dataclass(frozen=True)
class Delays:
    """What one organisation has chosen for one rule; `words` stand in its mails."""

    delays: Sequence[int | None]
    words: str = ""

    def __getitem__(self, step: int) -> int | None:
        return self.delays[step] if step < len(self.delays) else None

    def __len__(self) -> int:
        return len(self.delays)


class Policies:
    """The choices of some organisations, read at once. One query."""

    def __init__(self, organisations: Iterable[int]) -> None:
        found = Policy.objects.filter(organisation__in=set(organisations))
        self._rows = {(one.organisation_id, one.rule): one for one in found}
        self._made: dict[tuple[int, str], Delays] = {}

    def of(self, organisation: int, rule: Rule) -> Delays:
        """What holds for a rule; the normal preset where nothing was chosen."""
        key = (organisation, rule.key)
        if key not in self._made:
            self._made[key] = effective(rule, self._rows.get(key))
        return self._made[key]


def effective(rule: Rule, policy: Policy | None) -> Delays:
    """The delays of a choice; steps that a rule has gained since are as in the preset."""
    if policy is None or not rule.is_editable:
        return Delays(rule.delays(Preset.NORMAL))
    chosen = rule.delays(policy.preset)
    own = policy.delays
    if own is not None:
        chosen = [*own[: len(chosen)], *chosen[len(own) :]]
    return Delays(chosen, policy.words)


def wrong_with(rule: Rule, delays: Sequence[int | None]) -> Mapping[int, str]:
    """What is wrong with some delays, by step, in words; nothing where they can be used."""
    found: dict[int, str] = {}
    last: int | None = None
    for place, (step, delay) in enumerate(zip(rule.steps, delays, strict=True)):
        if delay is None:
            continue
        if step.unit == Unit.PERCENT:
            if not 1 <= delay <= 100:
                found[place] = _("Choose 1 to 100 per cent of the time.")
            continue
        if abs(delay) > FURTHEST:
            found[place] = _("That is too far: %(most)s days at most.") % {"most": FURTHEST}
        elif delay > 0 and rule.only_before:
            found[place] = _("After that day nothing more comes: choose a negative number, or 0 for the day itself.")
        elif last is not None and delay <= last:
            found[place] = _("Each reminder comes after the one before it: choose more than %(days)s.") % {"days": last}
        last = delay if last is None else max(last, delay)
    return found


def editable() -> list[Rule]:
    """Rules that organisations set."""
    return [rule for rule in known() if rule.is_editable]
