"""What a benchmark returns and what is asked of it: figures, and the budgets that they hold or do not."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Self


class NotMeasured(Exception):
    """What came back is not what was to be measured; the message says what it was."""


@dataclass(frozen=True)
class Times:
    """The middle of many durations and the one that 95 in 100 do not exceed (nearest rank), in ms."""

    p50_ms: float
    p95_ms: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Self:
        nearest_rank = sorted(seconds)[ceil(0.95 * len(seconds)) - 1]
        return cls(round(statistics.median(seconds) * 1000, 3), round(nearest_rank * 1000, 3))


@dataclass(frozen=True)
class Result:
    """What a point measured over so many rows: times, beside their limit's, or a value with its unit."""

    rows: Mapping[str, int]
    times: Times | None = None
    limit: str = ""
    limit_times: Times | None = None
    queries: int | None = None
    value: float | None = None
    unit: str = ""


@dataclass(frozen=True)
class Budget:
    """A promise about a point's result: in words, and as a check."""

    text: str
    holds: Callable[[Result], bool]


def p95_within(ms: float) -> Budget:
    return Budget(f"p95 <= {ms:g} ms", lambda result: _p95(result.times) <= ms)


def p95_over(limit: str, *, times: float, plus_ms: float = 0) -> Budget:
    """At most so many times as long as the limit took in the same run, and so many ms more."""

    def holds(result: Result) -> bool:
        if result.limit != limit:
            raise NotMeasured(f"a budget asks for {limit} as the limit, which was {result.limit or 'none'}")
        return _p95(result.times) <= times * _p95(result.limit_times) + plus_ms

    return Budget(f"p95 <= {times:g} x {limit}{f' + {plus_ms:g} ms' if plus_ms else ''}", holds)


def queries_within(most: int) -> Budget:
    def holds(result: Result) -> bool:
        if result.queries is None:
            raise NotMeasured("a budget asks for queries, which the point did not count")
        return result.queries <= most

    return Budget(f"<= {most} queries", holds)


def at_most(most: float, unit: str) -> Budget:
    return Budget(f"<= {most:g} {unit}", lambda result: _value(result, unit) <= most)


def at_least(least: float, unit: str) -> Budget:
    return Budget(f">= {least:g} {unit}", lambda result: _value(result, unit) >= least)


def _p95(times: Times | None) -> float:
    if times is None:
        raise NotMeasured("a budget asks for times, which the point did not measure")
    return times.p95_ms


def _value(result: Result, unit: str) -> float:
    if result.value is None or result.unit != unit:
        raise NotMeasured(f"a budget asks for {unit}, which the point did not measure")
    return result.value
