"""What is kept how long."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone

from milestones.models import ContractImport
from outsourcing.accounts.models import Invitation, User
from outsourcing.files.kinds import DOCUMENTS
from outsourcing.files.models import File
from outsourcing.files.storage import keep, path
from outsourcing.notifications.models import Ladder, Mail, Notice, Rung, Tally
from outsourcing.shared import retention, tasks
from tests.factories import LadderFactory, MailFactory, MembershipFactory, NoticeFactory, RungFactory, UserFactory
from tests.files.conftest import upload
from vendors.directory.models import Import

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def ago(days: float):
    return NOW - timedelta(days=days)


@pytest.fixture
def done():
    """What was forgotten, by its name."""

    def forget() -> dict[str, int]:
        return retention.forget_all(NOW)

    return forget


def test_the_beat_forgets_and_the_command_tells(monkeypatch, capsys):
    days = {one.what: one.days for one in retention.all_kept()}
    assert (days["the texts of mails that are over"], days["reminders of what is over"]) == (90, 730)
    assert days["files of exports"] == 7
    old = MailFactory(created_at=ago(91), state="sent", sent_at=ago(91), text="Rosa said")
    tasks.forget()
    assert Mail.objects.get(pk=old.pk).text == ""
    call_command("forget")
    said = capsys.readouterr().out.splitlines()
    assert len(said) == len(days)
    assert "   90 days   the texts of mails that are over" in said
    call_command("forget", "--now")
    assert "   90 days   the texts of mails that are over   0" in capsys.readouterr().out.splitlines()


def test_one_that_fails_keeps_nothing_else(monkeypatch, caplog):
    def fail(before):
        raise ZeroDivisionError

    monkeypatch.setitem(retention._kept, "aaa", retention.Kept("aaa", 1, fail))
    done = retention.forget_all(NOW)
    assert "aaa" not in done
    assert len(done) == len(retention.all_kept()) - 1
    assert "Not forgotten: aaa" in caplog.text


def test_reminders_of_what_is_over(done, owner):
    old, new, open_ = (
        LadderFactory(ended_at=when, why=why) for when, why in ((ago(731), "x"), (ago(729), "x"), (None, ""))
    )
    for ladder in (old, new, open_):
        NoticeFactory(rung=RungFactory(ladder=ladder))
    assert done()["reminders of what is over"] == 1
    assert set(Ladder.objects.values_list("pk", flat=True)) == {new.pk, open_.pk}
    assert (Rung.objects.count(), Notice.objects.count()) == (2, 2)


def test_a_storm_that_waits_is_not_forgotten(done, shop):
    for days, held in ((30, None), (31, ago(31)), (3, None)):
        Tally.objects.create(organisation=shop, tick=ago(days), count=1, held_at=held)
    done()
    assert sorted(Tally.objects.values_list("held_at", flat=True), key=bool) == [None, ago(31)]


def test_accounts_that_nobody_confirmed(done):
    def somebody(**facts) -> User:
        made = UserFactory(**facts)
        User.objects.filter(pk=made.pk).update(joined_at=ago(31))
        return made

    gone, proven, member = somebody(), somebody(), MembershipFactory(user=somebody()).user
    been, staff, fresh = somebody(last_login=ago(31)), somebody(is_staff=True), UserFactory()
    EmailAddress.objects.filter(user__in=[gone, proven]).delete()
    EmailAddress.objects.create(user=gone, email=gone.email, verified=False)
    EmailAddress.objects.create(user=proven, email=proven.email, verified=True)
    EmailAddress.objects.exclude(user=proven).update(verified=False)
    assert done()["accounts that nobody confirmed"] == 1
    assert set(User.objects.all()) == {proven, member, been, staff, fresh}


def test_invitations_that_are_over(done, owner, viewer):
    def invite(**facts) -> Invitation:
        dates = {"created_at": ago(400), "expires_at": ago(393)} | facts
        return Invitation.objects.create(membership=MembershipFactory(), invited_by=owner, **dates)

    invite()
    kept = [invite(expires_at=ago(364)), invite(created_at=NOW, expires_at=ago(-7))]
    assert done()["invitations that are over"] == 1
    assert set(Invitation.objects.all()) == set(kept)


def test_lists_that_were_uploaded_go_with_their_bytes(
    done, owner, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.FILES_DIR = tmp_path

    def of(model, **facts):
        file = keep(upload(b"a;b\n", "a.csv"), by=owner, organisation=owner.organisation, at=NOW, kinds=DOCUMENTS)
        return model.objects.create(merchant=owner.organisation, created_by=owner, file=file, **facts)

    old = of(Import, created_at=ago(91)), of(ContractImport, created_at=ago(91), done_at=ago(91))
    new = of(Import, created_at=ago(89)), of(ContractImport, created_at=ago(89))
    at_work = {"state": "running", "started_by": owner, "started_at": NOW, "progressed_at": NOW}
    running = of(Import, created_at=ago(91), **at_work)
    with django_capture_on_commit_callbacks(execute=True):
        found = done()
    assert (found["lists of vendors that were uploaded"], found["lists of contracts that were uploaded"]) == (1, 1)
    left = {one.file_id for one in (*new, running)}
    assert set(File.objects.values_list("pk", flat=True)) == left
    assert [path(one.file.key).exists() for one in (*old, *new, running)] == [False, False, True, True, True]


def test_sessions_and_cached_values_that_have_ended(done, owner):
    for key, days in (("a" * 32, 2), ("b" * 32, -2)):
        Session.objects.create(session_key=key, session_data="", expire_date=ago(days))
        UserSession.objects.create(user=owner.user, ip="127.0.0.1", session_key=key, last_seen_at=ago(3))
    cache.clear()  # of what other tests have put there some has expired by now
    cache.set("for-a-while", 1, 60)
    cache.set("for-ever", 1, None)
    cache.set("for-a-moment", 1, 1)
    assert (
        retention._kept["values in the cache, after they have expired"].forget(timezone.now() + timedelta(seconds=30))
        == 1
    )
    assert (cache.get("for-a-while"), cache.get("for-ever")) == (1, 1)
    assert done()["sessions, after they have ended"] == 1
    assert [one.session_key for one in Session.objects.all()] == ["b" * 32]
    assert [one.session_key for one in UserSession.objects.all()] == ["b" * 32]
