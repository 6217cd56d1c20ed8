"""Contracts go out as files and come in from them: wrong cells are named, past dates count, twice is once."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from milestones.contracts.listing import Wanted
from milestones.errors import TooMany
from milestones.models import Contract, ContractImport, DateChange, Health, Milestone, Submission
from milestones.record import record_of
from milestones.transfer import exporting, reading
from milestones.transfer.bringing_in import bring_in
from milestones.work import judging
from milestones.work.judging import Verdict
from outsourcing.notifications.models import Mail
from tests.factories import MembershipFactory, VendorFactory
from tests.milestones.conftest import MONDAY, submit
from vendors.directory.imports.errors import Unreadable
from vendors.directory.keeping.actions import block

pytestmark = pytest.mark.django_db
TODAY = MONDAY.date()
HEAD = (
    "Vendor,Contract,Contract starts,Signed on,Milestone,Due,First due,Moved because of,Submitted on,Accepted on,Pays"
)


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.FILES_DIR = tmp_path


@pytest.fixture
def profile(vendor):
    return VendorFactory(organisation=vendor)


def table(owner, *rows, head=HEAD):
    return reading.read(io.BytesIO("\n".join([head, *rows]).encode()), owner, TODAY)


def wrong(owner, *rows, **more):
    return [(one.row, one.column, one.what) for one in table(owner, *rows, **more).problems]


class TestReading:
    def test_rows_of_a_contract_come_together(self, owner, profile):
        found = table(
            owner,
            'Pallet & Post,Peak,2026-09-01,2026-09-01,Stock in,2026-09-30,,,,2026-10-01,"1,200"',
            "pallet & post,Peak,1/9/2026,2026-09-01,Test,30 Oct 2026,,,,,",
        )
        assert found.problems == []
        (contract,) = found.coming
        assert [one.title for one in contract.milestones] == ["Stock in", "Test"]
        assert contract.milestones[0].values["pays"] == Decimal(1200)
        assert contract.milestones[1].due == date(2026, 10, 30)
        assert contract.stands == "active"

    @pytest.mark.parametrize(
        ("row", "column", "what"),
        [
            ("Nobody,Peak,2026-09-01,,,,,,,,", "Vendor", "No vendor of that name"),
            (",Peak,2026-09-01,,,,,,,,", "Vendor", "needed, and empty"),
            ("Pallet & Post,Peak,soon,,,,,,,,", "Contract starts", "no date"),
            ("Pallet & Post,Peak,1926-09-01,,,,,,,,", "Contract starts", "outside this century"),
            ("Pallet & Post,Peak,2026-09-01,2027-01-01,,,,,,,", "Signed on", "still to come"),
            ("Pallet & Post,Peak,2026-09-01,,Stock,,,,,,", "Due", "needed, and empty"),
            ("Pallet & Post,Peak,2026-09-01,,,2026-09-30,,,,,", "Milestone", "needed, and empty"),
            ("Pallet & Post,Peak,2026-09-01,,Stock,2026-09-30,,weather,,,", "Moved because of", "Write vendor"),
            ("Pallet & Post,Peak,2026-09-01,,Stock,2026-09-30,,,,2026-10-01,", "Signed on", "say when it was signed"),
            ("Pallet & Post,Peak,2026-09-01,2026-09-01,S,2026-09-30,,,2026-10-02,2026-10-01,", "Accepted on", "before"),
            ("Pallet & Post,Peak,2026-09-01,2026-09-01,S,2026-09-30,,,2026-10-02,,", "Accepted on", "waits"),
            ("Pallet & Post,Peak,2026-09-01,,S,2026-09-30,,,,,-5", "Pays", "less than nothing"),
            ("Pallet & Post,Peak,2026-09-01,,S,2026-09-30,,,,,99999999999", "Pays", "too large"),
            ("Pallet & Post,=HYPERLINK(1),2026-09-01,,,,,,,,", "Contract", "formula"),
        ],
    )  # fmt: skip
    def test_each_wrong_cell_is_named(self, owner, profile, row, column, what):
        ((number, at, said),) = wrong(owner, row)
        assert (number, at) == (2, column)
        assert what in said
        assert table(owner, row).coming == []

    @pytest.mark.parametrize("wrong_one", [0, 1])
    def test_a_contract_with_a_wrong_row_is_left_out_whole(self, owner, profile, wrong_one):
        rows = [
            "Pallet & Post,Peak,2026-09-01,2026-09-01,Stock,2026-09-30,,,,,5",
            "Pallet & Post,Peak,2026-09-01,2026-09-01,Test,2026-10-30,,,,,5",
        ]
        rows[wrong_one] = rows[wrong_one].replace(",5", ",-5")
        found = table(owner, *rows)
        assert [(one.row, one.column) for one in found.problems] == [(2 + wrong_one, "Pays")]
        assert found.coming == []

    def test_several_wrong_rows_are_all_named(self, owner, profile):
        found = table(
            owner,
            "Pallet & Post,Peak,2026-09-01,2026-09-01,Stock,2026-09-30,,,,,-5",
            "Pallet & Post,Peak,2026-09-01,2026-09-01,Test,2026-10-30,,,,,",
            "Pallet & Post,Peak,2026-09-01,2026-09-01,Test,2026-10-30,,,,,",
        )
        assert [(one.row, one.column) for one in found.problems] == [(2, "Pays"), (4, "Milestone")]
        assert found.coming == []

    def test_a_blocked_vendor_is_no_door(self, owner, profile):
        block(profile, "Always late", by=owner, at=MONDAY)
        ((_row, column, said),) = wrong(owner, "Pallet & Post,Peak,2026-09-01,,,,,,,,")
        assert (column, "blocked" in said) == ("Vendor", True)

    def test_rows_of_a_contract_may_not_contradict_each_other(self, owner, profile):
        head = "Vendor,Contract,Contract starts,Amount,Currency"
        rows = ("Pallet & Post,Peak,2026-09-01,10,GBP", "Pallet & Post,Peak,2026-09-01,9999,EUR")
        assert [(row, column) for row, column, _what in wrong(owner, *rows, head=head)] == [(3, "Amount")]

    @pytest.mark.parametrize(("amount", "currency", "is_right"), [
        ("€18400", "EUR", True), ("£18400", "EUR", False), ("£18400", "GBP", True),
    ])  # fmt: skip
    def test_an_amount_is_read_in_its_rows_currency_wherever_that_stands(
        self, owner, profile, amount, currency, is_right
    ):
        head = "Vendor,Contract,Contract starts,Amount,Currency"
        assert (wrong(owner, f"Pallet & Post,Peak,2026-09-01,{amount},{currency}", head=head) == []) is is_right

    @pytest.mark.parametrize(("signed", "completed", "accepted", "column"), [
        ("", "2026-10-09", "2026-10-01", "Signed on"),
        ("2026-10-01", "2026-09-09", "2026-10-02", "Completed on"),
        ("2026-09-01", "", "2026-08-01", "Signed on"),
        ("2026-09-01", "2026-10-09", "", "Completed on"),
    ])  # fmt: skip
    def test_a_past_that_cannot_be(self, owner, profile, signed, completed, accepted, column):
        row = f"Pallet & Post,Peak,2026-09-01,{signed},Stock,2026-09-30,,,,{accepted},,{completed}"
        ((_row, at, _what),) = wrong(owner, row, head=f"{HEAD},Completed on")
        assert at == column

    def test_rivals_private_vendors_are_nobodys_business(self, owner, rival):
        VendorFactory(organisation__name="Hidden Hands", private_to=rival.organisation)
        ((_row, _column, said),) = wrong(owner, "Hidden Hands,Peak,2026-09-01,,,,,,,,")
        assert "No vendor of that name" in said

    def test_two_vendors_of_a_name_are_told_apart_by_hand(self, owner, profile):
        VendorFactory(organisation__name="Pallet & Post")
        ((_row, _column, said),) = wrong(owner, "Pallet & Post,Peak,2026-09-01,,,,,,,,")
        assert "several" in said

    def test_names_the_columns_that_are_missing(self, owner):
        with pytest.raises(Unreadable, match="Contract, Contract starts"):
            table(owner, "x", head="Vendor,Colour")

    def test_too_many_rows(self, owner):
        with pytest.raises(TooMany):
            table(owner, *["a,b,c"] * 2_001)

    def test_rate_needs_its_unit(self, owner, profile):
        head = "Vendor,Contract,Contract starts,Price is,Amount,For one"
        assert wrong(owner, "Pallet & Post,Peak,2026-09-01,a rate,2.15,", head=head)[0][1] == "For one"
        assert wrong(owner, "Pallet & Post,Peak,2026-09-01,a rate,2.15,order", head=head) == []


class TestBringingIn:
    ROWS = (
        "Pallet & Post,Peak,2026-09-01,2026-09-01,Stock in,2026-09-30,2026-09-25,external,2026-10-02,2026-10-05,500",
        "Pallet & Post,Peak,2026-09-01,2026-09-01,Test,2026-09-30,,,2026-09-29,2026-10-01,",
        "Pallet & Post,Peak,2026-09-01,2026-09-01,Go-live,2026-12-30,,,,,",
    )

    def bring(self, owner, *rows):
        return bring_in(table(owner, *(rows or self.ROWS)).coming, by=owner, at=MONDAY)

    def test_past_dates_count(self, owner, shop, vendor, profile):
        (contract,) = self.bring(owner)
        assert contract.state == Contract.State.ACTIVE
        record = record_of(shop, vendor.pk)
        assert (record.accepted, record.on_time) == (2, 1)
        assert record.slip == {"vendor": 2, "merchant": 0, "agreed": 0, "external": 3}
        assert [one.state for one in contract.milestones.all()] == ["accepted", "accepted", "planned"]

    def test_health_is_worked_out(self, owner, profile):
        (contract,) = self.bring(owner)
        contract.refresh_from_db()
        assert contract.health in (Health.LANGUISHING, Health.AT_RISK)

    def test_past_holidays_are_nobodys_delay(self, owner, shop, vendor, profile):
        self.bring(owner, "Pallet & Post,Peak,2023-09-01,2023-09-01,Stock,2023-12-22,,,2023-12-27,2023-12-28,")
        assert record_of(shop, vendor.pk).slip["vendor"] == 1  # Christmas and Boxing Day are closed

    def test_without_a_signature_it_is_a_draft(self, owner, profile):
        (contract,) = self.bring(owner, "Pallet & Post,Peak,2026-12-01,,Go-live,2026-12-30,,,,,")
        assert contract.state == Contract.State.DRAFT
        assert contract.milestones.get().baseline_due is None

    def test_a_completed_one_has_ended(self, owner, profile):
        head = f"{HEAD},Completed on"
        found = table(owner, f"{self.ROWS[1]},2026-10-09", head=head)
        (contract,) = bring_in(found.coming, by=owner, at=MONDAY)
        assert (contract.state, contract.ended_at.date()) == (Contract.State.COMPLETED, date(2026, 10, 9))

    def test_twice_changes_nothing(self, owner, profile):
        self.bring(owner)
        again = table(owner, *self.ROWS)
        assert [one.is_known for one in again.coming] == [True]
        assert again.new == []

    def test_nobody_hears_of_it(self, owner, profile, manager):
        self.bring(owner)
        assert not Mail.objects.exists()

    def test_nothing_is_half_written(self, owner, profile, monkeypatch):
        def fail(*args, **kwargs):
            raise RuntimeError("in the middle")

        monkeypatch.setattr(Submission.objects, "bulk_create", fail)
        with pytest.raises(RuntimeError):
            self.bring(owner)
        assert not Contract.objects.exists()
        assert not Milestone.objects.exists()


class TestExport:
    def out(self, acting, **wanted):
        rows = exporting.rows(acting, Wanted(**{"show": "all", **wanted}), MONDAY)
        return [dict(zip(exporting.header(acting), map(str, row), strict=True)) for row in rows]

    def test_one_row_a_milestone(self, contract, count, owner, manager):
        judging.accept(submit(count, manager), Verdict(), by=owner, at=MONDAY)
        first, second = self.out(owner)
        assert (first["Contract"], first["Milestone"], first["Accepted on"]) == (
            "Peak overflow", "Cycle count", "2026-11-23",
        )  # fmt: skip
        assert second["Milestone stands at"] == "Planned"
        assert first["Signed on"] == "2026-11-10"

    def test_a_vendor_reads_of_merchants_and_of_no_health(self, contract, manager):
        (first, _second) = self.out(manager)
        assert first["Merchant"] == "Juniper & Pine"
        assert "How it is doing" not in first

    def test_never_anothers(self, contract, rival):
        assert self.out(rival) == []

    def test_taken_away_and_brought_back_changes_nothing(self, contract, count, owner, manager, profile):
        judging.accept(submit(count, manager), Verdict(), by=owner, at=MONDAY)
        rows = exporting.rows(owner, Wanted(show="all"), MONDAY)
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(exporting.header(owner))
        writer.writerows(rows)
        found = reading.read(io.BytesIO(out.getvalue().encode()), owner, TODAY)
        assert (found.problems, [one.is_known for one in found.coming]) == ([], [True])
        Contract.objects.update(title="Called otherwise now")
        again = reading.read(io.BytesIO(out.getvalue().encode()), owner, TODAY)
        (made,) = bring_in(again.coming, by=owner, at=MONDAY)
        before = list(contract.milestones.values_list("title", "state", "current_due", "baseline_due", "amount"))
        assert list(made.milestones.values_list("title", "state", "current_due", "baseline_due", "amount")) == before

    def test_texts_are_never_formulas(self, client, contract, owner):
        Contract.objects.update(title="=cmd()")
        client.force_login(owner.user)
        assert "'=cmd()" in client.get("/contracts/export.csv?show=all").text
        book = load_workbook(io.BytesIO(client.get("/contracts/export.xlsx?show=all").content))
        assert book.active["B2"].data_type == "s"

    def test_as_the_list_is_narrowed(self, contract, owner):
        assert self.out(owner, show="drafts") == []


class TestPages:
    def upload(self, client, text, name="contracts.csv"):
        return client.post("/contracts/import/", {"file": SimpleUploadedFile(name, text.encode())})

    def test_upload_look_bring_in_once(self, client, owner, profile):
        client.force_login(owner.user)
        with time_machine.travel(MONDAY + timedelta(hours=1)):
            answer = self.upload(client, "\n".join([HEAD, *TestBringingIn.ROWS, "Nobody,X,2026-09-01,,,,,,,,"]))
            made = ContractImport.objects.get()
            assert answer["Location"] == f"/contracts/import/{made.pk}/"
            text = " ".join(client.get(answer["Location"]).text.split())
            assert "Bring 1 contract in" in text
            assert "No vendor of that name" in text
            assert not Contract.objects.exists()
            assert client.post(f"/contracts/import/{made.pk}/start/").status_code == 302
            assert client.post(f"/contracts/import/{made.pk}/start/").status_code == 409
            assert "It is in" in client.get(answer["Location"]).text
        assert (Contract.objects.count(), DateChange.objects.count()) == (1, 1)

    @pytest.mark.parametrize("text", ["", "x,y\n1,2", "\x00\x01"])
    def test_what_is_no_table_leaves_nothing(self, client, owner, text):
        client.force_login(owner.user)
        answer = self.upload(client, text)
        assert answer.status_code == 200
        assert "invalid-feedback" in answer.text
        assert not ContractImport.objects.exists()

    def test_anothers_import_is_no_page(self, client, owner, profile):
        client.force_login(owner.user)
        self.upload(client, "\n".join([HEAD, *TestBringingIn.ROWS]))
        made = ContractImport.objects.get()
        client.force_login(MembershipFactory(roles=["owner"]).user)
        assert client.get(f"/contracts/import/{made.pk}/").status_code == 404
        assert client.post(f"/contracts/import/{made.pk}/start/").status_code == 404
