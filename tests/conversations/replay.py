"""Turns by the letter of reference/milestones.md 4.2, said as plainly as can be: the measure for what the room does."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Said:
    """A public message of a person: which side, when (any unit), and whether it asks for an answer."""

    side: str
    at: int
    asks: bool = False


@dataclass
class Turn:
    asker: str
    opened_at: int
    closed_at: int | None = None


def turns_of(messages: list[Said]) -> list[Turn]:
    """What one conversation opens and closes, in order."""
    turns: list[Turn] = []
    waiting: dict[str, Turn] = {}  # by who asked
    for said in messages:
        other = next((side for side in waiting if side != said.side), None)
        if other:
            waiting.pop(other).closed_at = said.at
        if said.asks and said.side not in waiting:
            waiting[said.side] = Turn(said.side, said.at)
            turns.append(waiting[said.side])
    return turns
