"""The token of a link in a mail: a row's number and its secret, signed, so that a forged one is told without a query.

The row says whether the link was used, has expired or was revoked. `salt` names what the link is for: a token of one
purpose is a forged one for every other.
"""

from django.core import signing


def written(number: int, secret: str, *, salt: str) -> str:
    """The token for the row `number`."""
    return signing.dumps([number, secret], salt=salt)


def read(token: str, *, salt: str) -> tuple[int, str] | None:
    """The number and the secret; None for a token that we did not write for this purpose."""
    try:
        number, secret = signing.loads(token, salt=salt)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return int(number), str(secret)
