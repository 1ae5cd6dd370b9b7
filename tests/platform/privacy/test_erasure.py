"""Somebody is erased: no byte of theirs is left in the site, what is old stays out, what comes later begins anew."""

from __future__ import annotations

import os
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import duckdb
import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client

from regulars.lake import Lake
from regulars.platform.core.api import record
from regulars.platform.core.models import AuditEntry
from regulars.platform.customers import api as customers
from regulars.platform.customers.models import Contact, Customer, Identifier, Note
from regulars.platform.erased_list import PENDING, add, read
from regulars.platform.insights.reading import close_readers
from regulars.platform.privacy import api as privacy
from regulars.platform.privacy import tombstones
from regulars.platform.privacy.files import expire, holds, wanted
from regulars.platform.privacy.models import Mark, Tombstone
from regulars.platform.site import Site
from support.people import HEAD, SHOP, TICKETS, TICKETS_MAPPING, computed, imported

ANNA = ("anna.berg@example.org", "Änna Berg", "4930123456")


@pytest.fixture
def shop(site: Site, tmp_path: Path) -> Iterator[Site]:
    imported(site, tmp_path)
    imported(site, tmp_path, TICKETS, name="tickets.csv", mapping=TICKETS_MAPPING)
    yield site
    close_readers()


def _anna() -> privacy.Person:
    found = customers.person("anna.berg@example.org")
    assert found is not None
    return found


def _rows(site: Site, table: str) -> list[dict[str, object]]:
    files = Lake.open(site.lake).files(table)
    return duckdb.sql(f"FROM read_parquet({files})").to_arrow_table().to_pylist() if files else []


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["ANNA.BERG@example.org", "+49 30 123456", "c1", "1", "#1"])
def test_a_person_is_found_by_what_one_knows_of_them(shop: Site, text: str) -> None:
    found = customers.person(text)
    assert found is not None
    assert found.numbers == (1,)


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "nobody@example.org", "99", "c", "anna"])
def test_nobody_is_found_by_parts(shop: Site, text: str) -> None:
    assert customers.person(text) is None


@pytest.mark.django_db
def test_every_place_is_named_with_its_records(shop: Site) -> None:
    (shop.uploads / "u1").write_text("x,anna.berg@example.org\n", encoding="utf-8")
    record(user=None, action="customer.seen", customer=1)
    found = {one.place.name: one.records for one in privacy.where(_anna())}
    assert found == {
        "state": 0, "prepared": 0, "uploads": 1, "rejects": 0, "exports": 0, "reports": 0, "audit": 1, "logs": 0,
        "backups": 0, "lake": 3, "identity": 3,
    }  # fmt: skip


@pytest.mark.django_db
def test_an_export_is_a_readable_file(shop: Site) -> None:
    Note.objects.create(customer_id=1, text="=1+1", who="Somebody")
    made = BytesIO()
    privacy.export(_anna(), made, by=None, language="de")
    with zipfile.ZipFile(made) as packed:
        names = set(packed.namelist())
        assert {
            "data.json",
            "readable.html",
            "tables/orders.csv",
            "tables/contact.csv",
            "tables/tickets.csv",
        } <= names
        assert "'=1+1" in packed.read("tables/notes.csv").decode()
        assert "Änna Berg" in packed.read("readable.html").decode()
        assert "ola@example.org" not in packed.read("data.json").decode()


@pytest.mark.django_db
def test_erasing_unlinks_sums_removes_the_rest_and_leaves_a_certificate(shop: Site) -> None:
    computed(shop)
    record(user=None, action="customer.seen", customer=1)
    tombstone = privacy.erase(_anna(), by=None)
    assert [row["customer"] for row in _rows(shop, "orders")] in (
        [None, 2, None],
        [2, None, None],
        [None, None, 2],
    )
    assert _rows(shop, "tickets") == []
    assert not Contact.objects.filter(pk=1).exists()
    assert Customer.objects.get(pk=1).erased_at is not None
    assert AuditEntry.objects.get(action="customer.seen").customer is None
    assert tombstone.numbers == []
    assert tombstone.certificate is not None
    assert not any(text in str(tombstone.certificate) for text in ANNA)
    assert sum(tombstone.counts.values()) > 6
    assert all(one.records == 0 for one in privacy.where(privacy.Person((1,))))
    assert customers.contacts([2])[2].name == "Ola Ødegård"


@pytest.mark.django_db
def test_old_facts_never_return_and_a_later_purchase_begins_a_new_number(shop: Site, tmp_path: Path) -> None:
    privacy.erase(_anna(), by=None)
    imported(shop, tmp_path, SHOP)
    imported(shop, tmp_path, TICKETS, name="tickets.csv", mapping=TICKETS_MAPPING)
    assert sorted(str(row["customer"]) for row in _rows(shop, "orders")) == ["2", "None", "None"]
    assert _rows(shop, "tickets") == []
    assert not Identifier.objects.exclude(customer=2).exists()
    imported(shop, tmp_path, SHOP + "4,2099-01-01,c1,anna.berg@example.org,Änna Berg,,DE,EUR,5.00\n")
    whose = {row["order_id"]: row["customer"] for row in _rows(shop, "orders")}
    assert whose == {"1": None, "2": 2, "3": None, "4": 3}
    assert customers.contacts([3])[3].email == "anna.berg@example.org"


@pytest.mark.django_db
def test_an_erased_person_under_another_id_stays_away_too(shop: Site, tmp_path: Path) -> None:
    privacy.erase(_anna(), by=None)
    imported(
        shop,
        tmp_path,
        HEAD + "9,2026-01-09,c9,anna.berg@example.org,Änna Berg,,DE,EUR,1\n",
        source="other",
        name="o.csv",
    )
    assert Customer.objects.count() == 2
    assert not any("anna" in text for text in Identifier.objects.values_list("identifier", flat=True))
    assert not Contact.objects.filter(email__contains="anna").exists()


@pytest.mark.django_db
def test_an_erasure_broken_off_half_way_is_finished(shop: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    person = _anna()
    with monkeypatch.context() as broken:
        broken.setattr(
            "regulars.platform.customers.people.models.Identifier.objects.filter", lambda **_: 1 / 0
        )
        with pytest.raises(ZeroDivisionError):
            privacy.erase(person, by=None)
    assert Tombstone.objects.get().finished_at is None
    assert privacy.erase_again(shop.home / "nothing") == 1
    assert Tombstone.objects.get().finished_at is not None
    assert not Identifier.objects.filter(customer=1).exists()


@pytest.mark.django_db
def test_after_a_restore_the_person_is_erased_again(shop: Site, tmp_path: Path) -> None:
    privacy.erase(_anna(), by=None)
    # The back-up knew the person and no tombstone.
    Tombstone.objects.all().delete()
    Customer.objects.filter(pk=1).update(erased_at=None)
    Identifier.objects.create(identifier="email::anna.berg@example.org", customer_id=1)
    assert privacy.erase_due() == 1
    assert not Identifier.objects.filter(customer=1).exists()
    assert privacy.erase_due() == 0


@pytest.mark.django_db
def test_two_thousand_are_erased_again_together(site: Site, tmp_path: Path) -> None:
    rows = (f"{n},2026-01-05,c{n},p{n}@example.org,Person {n},,DE,EUR,10.00\n" for n in range(2_001))
    imported(site, tmp_path, HEAD + "".join(rows))
    lines = [
        {"reference": f"r{n}", "at": "2099-01-01T00:00:00+00:00", "marks": [tombstones.digest(f"email::p{n}@example.org")]}
        for n in range(2_000)
    ]  # fmt: skip
    add(site.home / privacy.TOMBSTONES, lines)
    versions = Lake.open(site.lake).version
    assert privacy.erase_due() == 2_000
    assert [row["order_id"] for row in _rows(site, "orders") if row["customer"] is not None] == ["2000"]
    assert Contact.objects.count() == 1
    assert Identifier.objects.values("customer").distinct().count() == 1
    assert Lake.open(site.lake).version == versions + 4  # written once for five hundred
    first = Tombstone.objects.get(reference="r0").certificate
    assert first is not None and first["together"] == 500
    assert AuditEntry.objects.filter(action="person.erased").count() == 2_000
    assert privacy.erase_due() == 0
    close_readers()


@pytest.mark.django_db
def test_a_start_that_was_killed_while_it_erased_again_goes_on(shop: Site, tmp_path: Path) -> None:
    privacy.erase(_anna(), by=None)
    Customer.objects.filter(pk=1).update(erased_at=None)
    Identifier.objects.create(identifier="email::anna.berg@example.org", customer_id=1)
    (shop.home / PENDING).touch()  # the list was taken in, no more
    assert privacy.erase_due() == 1
    assert not (shop.home / PENDING).exists()


@pytest.mark.django_db
def test_a_list_that_was_lost_or_spoiled_is_whole_again(shop: Site, tmp_path: Path) -> None:
    tombstone = privacy.erase(_anna(), by=None)
    file, kept = shop.home / privacy.TOMBSTONES, tmp_path / "kept.jsonl"
    file.rename(kept)
    spoiled = kept.read_text() + '{"reference": 1}\n[]\n{"reference": "x", "at": "now", "marks": []}\n{"refe'
    kept.write_text(spoiled)
    assert privacy.erase_again(kept) == 0
    assert [line["reference"] for line in read(file)] == [tombstone.reference]
    assert Tombstone.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_no_byte_of_the_person_is_left_on_disk(
    shop: Site, tmp_path: Path, signed_in: Callable[..., Client]
) -> None:
    computed(shop)
    (shop.uploads / "u1").write_text(SHOP, encoding="utf-8")
    with zipfile.ZipFile(shop.rejects / "r1.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("rows.csv", SHOP)
    (shop.exports / "e1.csv").write_text("Änna Berg\n", encoding="utf-16")
    (shop.reports / "r.html").write_text("<p>Nobody</p>", encoding="utf-8")
    signed_in("manager").post(f"/customers/{customers.key_of([1])[1]}/notes", {"text": "Änna Berg called"})
    privacy.erase(_anna(), by=None)
    close_readers()
    texts = wanted(privacy.Person((), (), ANNA))
    left = [path for path in shop.home.rglob("*") if path.is_file() and holds(path, texts)]
    assert left == []
    assert (shop.reports / "r.html").exists()
    if connection.vendor == "sqlite":
        name = str(django_settings.DATABASES["default"]["NAME"])
        state = [Path(connection.settings_dict["NAME"]), Path(f"{connection.settings_dict['NAME']}-wal")]
        assert [path for path in state if path.exists() and holds(path, texts)] == [], name
        assert sqlite3.connect(connection.settings_dict["NAME"]).execute(
            "PRAGMA integrity_check"
        ).fetchone() == ("ok",)


@pytest.mark.django_db
def test_digests_are_the_same_in_both_engines_and_say_nothing(site: Site) -> None:
    text = "email::anna.berg@example.org"
    assert duckdb.sql(f"SELECT {tombstones.digest_sql('$1')}", params=[text]).fetchall() == [
        (tombstones.digest(text),)
    ]
    assert not Mark.objects.exists()


def test_files_expire_by_age(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_text("x")
    new.write_text("x")
    os.utime(old, (0, 0))
    assert expire(tmp_path, 30) == 1
    assert (old.exists(), new.exists()) == (False, True)
