"""What time does to contracts: each run does what is due, may run twice, and may be lost."""

from datetime import timedelta

from celery import shared_task

from milestones.contracts import offering, running
from milestones.health import looking
from milestones.models import Contract, Offer, State, Submission
from milestones.work import judging
from outsourcing.shared import clock


@shared_task
def look_around() -> None:
    """How contracts are doing, where time alone may have changed it."""
    looking.look_around(clock.now())


@shared_task
def what_is_over() -> None:
    """Offers lapse after their last day, contracts are closed out after their end, silence accepts where agreed."""
    at = clock.now()
    today = at.date() + timedelta(days=1)  # wherever it is latest; each is looked at in its own zone
    for offer in Offer.objects.open().filter(expires_on__lt=today):
        offering.lapse(offer, at=at)
    for contract in Contract.objects.filter(state=State.ACTIVE, ends_on__lt=today):
        running.close_after_its_end(contract, at=at)
    silent = Submission.objects.open().filter(submitted_at__lte=at - judging.SILENCE)
    for submission in silent.filter(milestone__contract__silence_accepts=True).select_related("milestone"):
        judging.accept_by_silence(submission, at=at)
