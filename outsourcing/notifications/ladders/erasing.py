"""Takes a person out of reminders: what they were sent about something is emptied, that it was sent stays."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from outsourcing.notifications.models import Ladder, Mail, Notice


def erase(rule: str, subjects: Iterable[int], *, gone: str) -> None:
    """Empty titles, texts and the address (`gone` stands for it) of these ladders, and the texts of all mails that
    told of them: the asker's names them too. In the caller's transaction."""
    ladders = Ladder.objects.filter(rule=rule, subject__in=list(subjects))
    notices = Notice.objects.filter(rung__ladder__in=ladders)
    theirs = Mail.objects.filter(
        pk__in=list(notices.exclude(address="").exclude(mail=None).values_list("mail", flat=True))
    )
    theirs.cancel(_("Erased"))
    theirs.update(address=gone)
    told = Mail.objects.filter(pk__in=list(notices.exclude(mail=None).values_list("mail", flat=True)))
    told.update(subject=_("Erased"), text="", html="")
    notices.exclude(address="").update(address=gone)
    notices.update(title=_("Erased"))
    ladders.update(title=_("Erased"))
