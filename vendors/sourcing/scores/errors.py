"""What somebody can do something about, while a shortlist is scored."""

from outsourcing.shared.errors import DomainError


class NotAskedToScore(DomainError):
    """Only who is named as an evaluator scores, and only the criteria that they were given."""


class NotOpenToScores(DomainError):
    """The brief does not stand where it can be scored; the message says why."""


class ConflictNotStated(DomainError):
    """Whoever scores says first whether anything ties them to one of the vendors."""


class Submitted(DomainError):
    """Scores that were submitted are locked; the chair can open them again."""


class NotAScore(DomainError):
    """A score is a whole number from 0 to 5."""


class NotInTheRunning(DomainError):
    """The vendor has left the shortlist meanwhile."""


class ReasonMissing(DomainError):
    """Some scores need a reason; the message names them."""


class BlanksLeft(DomainError):
    """Some cells are blank, and nobody said that they are meant to be."""


class StillHidden(DomainError):
    """It rests on scores that one may not see yet: submit one's own first."""
