"""What somebody answers to a brief, as a form gives it and a draft keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Said:
    """`gates` are (yes, no or None; words) by the must-have's key, `questions` texts by the question's key, `files`
    keys of the candidate's files. Prices are at the brief's expected orders, in `currency`."""

    price_month: Decimal | None = None
    price_order: Decimal | None = None
    currency: str = "GBP"
    assumptions: str = ""
    message: str = ""
    gates: Mapping[int, tuple[bool | None, str]] = field(default_factory=dict)
    questions: Mapping[int, str] = field(default_factory=dict)
    files: tuple[int, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing is said at all."""
        said = [self.assumptions, self.message, *self.questions.values(), *(text for _yes, text in self.gates.values())]
        answered = any(yes is not None for yes, _text in self.gates.values())
        return not (any(said) or answered or self.files or self.price_month is not None or self.price_order is not None)

    def as_json(self) -> dict[str, Any]:
        """For a draft; numbers as texts, since JSON has no decimals."""
        return {
            "price_month": None if self.price_month is None else str(self.price_month),
            "price_order": None if self.price_order is None else str(self.price_order),
            "currency": self.currency,
            "assumptions": self.assumptions,
            "message": self.message,
            "gates": {str(key): list(one) for key, one in self.gates.items()},
            "questions": {str(key): text for key, text in self.questions.items()},
            "files": [str(key) for key in self.files],
        }
