"""How strong the evidence about a vendor is, as pure functions."""

from decimal import Decimal

Z_95 = Decimal("1.959964")
PLACES = Decimal("0.0001")


def wilson_lower_bound(yes: int, n: int) -> Decimal | None:
    """The lower end of the 95 % Wilson interval of `yes` out of `n`; None when nobody answered."""
    if not 0 <= yes <= n:
        raise ValueError(f"{yes} of {n} is no share")
    if n == 0:
        return None
    share = Decimal(yes) / n
    square = Z_95 * Z_95
    spread = Z_95 * ((share * (1 - share) + square / (4 * n)) / n).sqrt()
    bound = (share + square / (2 * n) - spread) / (1 + square / n)
    return max(bound, Decimal(0)).quantize(PLACES)


def strength(*, verified: int, hire_again: int, samples: int, certificates: int, testimonials: int) -> int:
    """The evidence in 0..5: 5 strong, 4 good, 3 fair, 2 some, 1 thin, 0 nothing.

    Only a verified reference lifts the evidence above 2: three that would all hire again make 5
    together with a sample or a certificate, two that would make 4, and any one makes 3.
    Without a verified reference a sample or a certificate makes 2 and a testimonial alone 1.
    """
    seen = samples + certificates > 0
    if verified >= 3 and hire_again == verified and seen:
        return 5
    if verified >= 2 and hire_again >= 2:
        return 4
    if verified >= 1:
        return 3
    if seen:
        return 2
    return 1 if testimonials else 0
