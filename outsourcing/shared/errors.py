"""Errors that a person can do something about."""


class DomainError(Exception):
    """A rule of the business was broken; subclasses are named for the rule.

    The message is shown to the person as it stands: a sentence that says what to do. The middleware in
    `outsourcing.shared.middleware` turns it into a page with status 409.
    """


class Stop(SystemExit):
    """A command cannot go on; the message is one sentence that says what to do, and no traceback follows."""
