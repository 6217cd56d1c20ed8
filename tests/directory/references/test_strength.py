"""The strength of evidence, worked by hand."""

from decimal import Decimal

import pytest

from vendors.directory.evidence.strength import strength, wilson_lower_bound


@pytest.mark.parametrize(
    ("yes", "n", "bound"),
    [
        (0, 0, None),
        (0, 5, Decimal("0.0000")),
        (1, 1, Decimal("0.2065")),
        (3, 3, Decimal("0.4385")),
        (5, 10, Decimal("0.2366")),
        (10, 10, Decimal("0.7225")),
    ],
)
def test_the_lower_bound_is_wilsons(yes: int, n: int, bound: Decimal | None) -> None:
    assert wilson_lower_bound(yes, n) == bound


@pytest.mark.parametrize(("yes", "n"), [(2, 1), (-1, 3)])
def test_a_share_outside_its_whole_is_refused(yes: int, n: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson_lower_bound(yes, n)


@pytest.mark.parametrize(
    ("verified", "hire_again", "samples", "certificates", "testimonials", "expected"),
    [
        (0, 0, 0, 0, 0, 0),
        (0, 0, 0, 0, 4, 1),
        (0, 0, 1, 0, 0, 2),
        (0, 0, 0, 1, 3, 2),
        (1, 0, 0, 0, 0, 3),
        (2, 1, 1, 0, 0, 3),
        (2, 2, 0, 0, 0, 4),
        (3, 3, 0, 0, 0, 4),
        (3, 2, 1, 1, 0, 4),
        (3, 3, 1, 0, 0, 5),
        (3, 3, 0, 1, 0, 5),
    ],
)
def test_the_strength_is_as_documented(
    verified: int,
    hire_again: int,
    samples: int,
    certificates: int,
    testimonials: int,
    expected: int,
) -> None:
    given = strength(
        verified=verified,
        hire_again=hire_again,
        samples=samples,
        certificates=certificates,
        testimonials=testimonials,
    )
    assert given == expected
