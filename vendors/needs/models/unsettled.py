"""How many disputes of each need may be read and are not answered: kept by the database."""

import pgtrigger
from django.db import models

from vendors.needs.models.tasks import Need

#: Once so many have ever scored one job its names are hidden for good, and nothing is read among fewer.
HIDDEN_FROM = 3
#: Of the needs whose opinions a statement touches, what may be read and is not answered, counted anew. Their rows are
#: locked in one order first: of two peers who answer at once the second counts what the first has said.
#:
#: Disputes without names wait since the latest answer of whatever kind: a day of their own would tell whose they are. A
#: peer has one current opinion of a need, so where three are current, three or more have ever said something, and
#: nobody counts how many.
COUNT_UNSETTLED = f"""
    IF NOT EXISTS (SELECT FROM touched WHERE is_current OR TG_OP <> 'INSERT') THEN
        RETURN NULL;
    END IF;
    PERFORM FROM needs_need WHERE id IN (SELECT need_id FROM touched) ORDER BY id FOR NO KEY UPDATE;
    DELETE FROM needs_unsettled WHERE need_id IN (SELECT need_id FROM touched);
    INSERT INTO needs_unsettled (need_id, disputes, since)
    SELECT s.need_id, s.disputes, s.since FROM (
        SELECT h.need_id,
            CASE WHEN h.withheld >= {HIDDEN_FROM} THEN h.disputes
                WHEN h.ever < {HIDDEN_FROM} OR h.named >= {HIDDEN_FROM} THEN h.named_disputes ELSE 0 END AS disputes,
            CASE WHEN h.ever >= {HIDDEN_FROM} THEN h.latest ELSE h.first END AS since
        FROM (
            SELECT g.*, CASE WHEN g.scored >= {HIDDEN_FROM} THEN g.scored ELSE
                (SELECT count(DISTINCT peer_id) FROM needs_opinion WHERE need_id = g.need_id AND score IS NOT NULL)
                END AS ever
            FROM (SELECT o.need_id, count(*) FILTER (WHERE o.score IS NOT NULL) AS scored,
                count(*) FILTER (WHERE o.score IS NOT NULL AND o.showing = 'named') AS named,
                count(*) FILTER (WHERE o.score IS NOT NULL AND o.showing = 'withheld') AS withheld,
                count(*) FILTER (WHERE o.stance = 'dispute' AND o.outcome = '') AS disputes,
                count(*) FILTER (WHERE o.stance = 'dispute' AND o.outcome = '' AND o.showing = 'named')
                    AS named_disputes,
                max(a.answered_at) AS latest,
                min(a.answered_at) FILTER (WHERE o.stance = 'dispute' AND o.outcome = '' AND o.showing = 'named')
                    AS first
            FROM needs_opinion o JOIN needs_ask a ON a.id = o.ask_id
            WHERE o.is_current AND o.need_id IN (SELECT need_id FROM touched)
            GROUP BY o.need_id) g
        ) h
    ) s WHERE s.disputes > 0;
    RETURN NULL;
"""


def _after(name: str, operation: pgtrigger.Operation, rows: str = "new") -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=f"unsettled_after_{name}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**{rows: "touched"}),  # type: ignore[no-untyped-call]
        func=COUNT_UNSETTLED,
    )


#: Of opinions.
TRIGGERS = [
    _after("insert", pgtrigger.Insert),
    _after("update", pgtrigger.Update),
    _after("delete", pgtrigger.Delete, "old"),
]


class Unsettled(models.Model):
    """How many disputes of a need may be read and are not answered, and since when; no row where there is none.

    The database keeps it (`COUNT_UNSETTLED`): a home page would count every opinion of every need each time.
    """

    need = models.OneToOneField(Need, on_delete=models.PROTECT, related_name="+", primary_key=True)
    disputes = models.PositiveIntegerField()
    since = models.DateTimeField()

    class Meta:
        verbose_name_plural = "unsettled"

    def __str__(self) -> str:
        return f"{self.need}: {self.disputes}"
