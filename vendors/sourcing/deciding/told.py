"""What the log of a brief says of scores and decisions."""

from django.utils.translation import gettext_lazy

from vendors.sourcing.log import tell_of

SENTENCES = {
    "conflict-stated": gettext_lazy("%(who)s stated a conflict: %(conflict)s"),
    "no-conflict": gettext_lazy("%(who)s stated that nothing ties them to a vendor."),
    "scores-submitted": gettext_lazy("%(who)s submitted their scores."),
    "scores-reopened": gettext_lazy("%(who)s opened the scores of %(evaluator)s again: %(reason)s"),
    "settled": gettext_lazy("%(who)s wrote down what was agreed for %(vendor)s on “%(criterion)s”."),
    "unsettled": gettext_lazy("%(who)s let the mean of %(vendor)s on “%(criterion)s” count again."),
    "not-applicable": gettext_lazy("%(who)s: “%(criterion)s” does not apply to %(vendor)s: %(reason)s"),
    "applicable": gettext_lazy("%(who)s: “%(criterion)s” applies to %(vendor)s after all."),
    "awarded": gettext_lazy("%(who)s awarded it to %(vendor)s."),
    "none-suitable": gettext_lazy("%(who)s decided that none was suitable."),
    "decision-corrected": gettext_lazy("%(who)s corrected the decision: %(reason)s"),
    "decision-reopened": gettext_lazy("The decision is open again: %(reason)s"),
    "record-rewritten": gettext_lazy(
        "A name was taken out of version %(number)s of the record; its SHA-256 was %(before)s and is %(after)s."
    ),
    "vendors-told": gettext_lazy("%(who)s told %(count)s vendors, each its own."),
}


def add_sentences() -> None:
    """Add each to what the log can say."""
    for kind, sentence in SENTENCES.items():
        tell_of(kind, sentence)
