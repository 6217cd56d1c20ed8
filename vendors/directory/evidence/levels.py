"""How we know, as a pure rule from what is there; nobody chooses a level.

Levels 2 (written into a contract) and 4 (measured here) come from rooms above, and a confirmation by the quoted company
or a referee (3) from the signed link.
"""

from vendors.directory.models import Certificate, Evidence, Level, WorkSample


def level_of(piece: Evidence) -> Level:
    """The level of a piece that was just written down or changed.

    A certificate is confirmed where a merchant has checked it with the issuer, for that merchant alone; with its file
    it is a document seen. So is a sample whose file is kept here or whose parcel has come: a link can change.
    """
    if isinstance(piece, Certificate):
        if piece.checked_on is not None and piece.merchant_id is not None:
            return Level.CONFIRMED
        return Level.SEEN if piece.file_id is not None else Level.SAID
    if isinstance(piece, WorkSample):
        return Level.SEEN if piece.file_id is not None or piece.arrived_on is not None else Level.SAID
    return Level.SAID
