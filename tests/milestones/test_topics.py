"""Conversations about contracts and milestones are begun from their pages; contracts are found by the search."""

import uuid
from datetime import UTC, datetime

import pytest

from milestones import topics
from milestones.models import ContractThread, Document
from outsourcing.files.kinds import DOCUMENTS
from outsourcing.files.storage import keep
from tests.factories import MembershipFactory
from tests.files.conftest import upload

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def said(**more):
    return {"key": str(uuid.uuid4()), "text": "When do the labels come?", "kind": "question", "asks": "on",
            "subject": "Labels", **more}  # fmt: skip


def test_begun_from_a_milestone_it_stands_there(client, contract, count, owner):
    client.force_login(owner.user)
    page = client.get(f"/messages/new/?of=milestone-{count.pk}")
    assert f'name="of" value="milestone-{count.pk}"' in page.text
    assert 'value="Cycle count"' in page.text
    answer = client.post("/messages/new/", said(of=f"milestone-{count.pk}", to=contract.vendor_id))
    assert answer.status_code == 302, answer.text
    about = ContractThread.objects.get()
    assert (about.contract, about.milestone) == (contract, count)
    assert "Labels" in client.get(f"/contracts/{contract.pk}/").text


def test_sent_twice_it_is_begun_once(client, contract, owner):
    client.force_login(owner.user)
    once = said(of=f"contract-{contract.pk}", to=contract.vendor_id)
    assert [client.post("/messages/new/", once).status_code for _time in range(2)] == [302, 302]
    assert ContractThread.objects.count() == 1


def test_the_vendor_begins_one_too(client, contract, manager):
    client.force_login(manager.user)
    answer = client.post("/messages/new/", said(of=f"contract-{contract.pk}", to=contract.merchant_id))
    assert answer.status_code == 302, answer.text


def test_whom_it_goes_to_is_not_for_the_form_to_say(client, contract, owner):
    other = MembershipFactory(organisation__kind="vendor", roles=["manager"]).organisation
    client.force_login(owner.user)
    answer = client.post("/messages/new/", said(of=f"contract-{contract.pk}", to=other.pk))
    assert answer.status_code == 200
    assert not ContractThread.objects.exists()


@pytest.mark.parametrize("word", ["contract-1", "milestone-{count}x", "contract-", "contract-9" * 9, "x", "contract-²"])
def test_what_one_does_not_see_is_no_page(client, contract, count, owner, word):
    client.force_login(owner.user)
    assert client.get("/messages/new/", {"of": word.format(count=count.pk)}).status_code == 404


def test_nor_a_rivals_contract(client, contract, count, rival):
    client.force_login(rival.user)
    for word in (f"contract-{contract.pk}", f"milestone-{count.pk}"):
        assert client.get("/messages/new/", {"of": word}).status_code == 404
        assert client.post("/messages/new/", said(of=word, to=contract.vendor_id)).status_code == 404


def test_a_draft_is_nothing_to_talk_about(client, draft, owner):
    client.force_login(owner.user)
    assert client.get("/messages/new/", {"of": f"contract-{draft.pk}"}).status_code == 404


class TestSearch:
    def titles(self, acting, words):
        return [one.title for one in topics.in_contracts(acting, words).results]

    def test_documents_by_title_and_by_name(self, contract, owner, manager, rival, settings, tmp_path):
        settings.FILES_DIR = tmp_path
        for name, title, gone in (
            ("rates.txt", "", None),
            ("x.txt", "Rates for us", None),
            ("rates.txt", "", NOW),
        ):
            file = keep(upload(b"12 GBP", name), by=owner, organisation=contract.merchant, at=NOW, kinds=DOCUMENTS)
            facts = {"title": title, "added_by": owner, "added_at": NOW, "removed_at": gone}
            Document.objects.create(contract=contract, file=file, **facts)
        for acting in (owner, manager):
            assert sorted(self.titles(acting, "rates")) == ["Rates for us", "rates.txt"]
        assert self.titles(rival, "rates") == []

    @pytest.mark.parametrize("words", ["peak", "Pallet", "Overflow"])
    def test_finds_by_title_and_the_other_side(self, contract, owner, words):
        assert "Peak overflow" in self.titles(owner, words)

    def test_finds_milestones(self, contract, owner):
        assert self.titles(owner, "cycle") == ["Cycle count"]

    def test_never_anothers(self, contract, rival):
        assert self.titles(rival, "e") == []

    def test_nor_a_draft_for_the_vendor(self, draft, manager):
        assert self.titles(manager, "peak") == self.titles(manager, "cycle") == []

    def test_stands_on_the_search_page(self, client, contract, owner):
        client.force_login(owner.user)
        assert f"/contracts/{contract.pk}/" in client.get("/search/?q=peak").text
