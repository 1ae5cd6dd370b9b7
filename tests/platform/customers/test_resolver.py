"""The customers of imports: the same person has one number, whoever imports and how often."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from datetime import timedelta

import duckdb
import pytest
from django.db import OperationalError
from django.utils import timezone

from regulars.kernel.errors import LakeError
from regulars.lake import Lake
from regulars.platform.customers import api, lease, resolver
from regulars.platform.customers.lease import Turn
from regulars.platform.customers.models import Contact, Customer, Identifier, Lease

pytestmark = pytest.mark.django_db


def _customers(lake: Lake) -> list[int]:
    rows = duckdb.sql(
        f"SELECT customer FROM read_parquet({lake.files('orders')}) ORDER BY order_id"
    ).fetchall()
    return [row[0] for row in rows]


def test_an_import_gives_numbers_and_brings_contacts(bring: Callable[..., Lake]) -> None:
    lake = bring()
    assert _customers(lake) == [1, 2, 1]
    assert dict(Identifier.objects.values_list("identifier", "customer_id")) == {
        "email::anna.berg@example.org": 1, "id:shop:c1": 1, "email::ola@example.org": 2, "id:shop:c2": 2,
    }  # fmt: skip
    assert api.contacts([1, 2, 3]) == {
        1: api.Contact("Änna Berg", "anna.berg@example.org", "+4930123456"),
        2: api.Contact("Ola Ødegård", "ola@example.org", "+4722334455"),
    }


def test_the_same_import_again_changes_nothing(bring: Callable[..., Lake]) -> None:
    bring()
    keys = api.key_of([1, 2])
    seen = Contact.objects.get(pk=1).updated_at
    assert _customers(bring()) == [1, 2, 1]
    assert api.key_of([1, 2]) == keys
    assert Contact.objects.get(pk=1).updated_at == seen


def test_a_second_source_knows_the_customer_by_the_address(bring: Callable[..., Lake]) -> None:
    bring()
    bring(
        "order_id,date,email,currency,total\n9,2026-04-01,Ola@Example.org,EUR,5.00\n",
        source="no",
        name="no.csv",
    )
    assert Customer.objects.count() == 2


def test_a_file_without_names_keeps_the_name_that_is_known(bring: Callable[..., Lake]) -> None:
    bring()
    bring(
        "order_id,date,customer_id,email,currency,total\n8,2026-04-01,c2,ola@new.example.org,EUR,5.00\n",
        name="b.csv",
    )
    assert api.contacts([2])[2] == api.Contact("Ola Ødegård", "ola@new.example.org", "+4722334455")


def test_a_dry_run_keeps_nothing(bring: Callable[..., Lake]) -> None:
    bring(dry=True)
    assert not Customer.objects.exists()
    assert not Contact.objects.exists()
    assert not Lease.objects.exists()


def test_many_wanted_are_found_as_few_are(
    bring: Callable[..., Lake], monkeypatch: pytest.MonkeyPatch
) -> None:
    bring()
    monkeypatch.setattr(resolver, "_FEW", 0)
    assert _customers(bring()) == [1, 2, 1]
    assert Customer.objects.count() == 2


def test_an_import_killed_half_way_gives_the_rest_the_numbers_they_would_have_got(
    bring: Callable[..., Lake], monkeypatch: pytest.MonkeyPatch
) -> None:
    bring()
    whole = dict(Identifier.objects.values_list("identifier", "customer_id"))
    Contact.objects.all().delete()
    Identifier.objects.exclude(identifier="email::anna.berg@example.org").delete()
    Customer.objects.exclude(pk=1).delete()
    bring()
    assert dict(Identifier.objects.values_list("identifier", "customer_id")) == whole


def test_a_very_long_id_and_a_nought_byte_are_kept(bring: Callable[..., Lake]) -> None:
    long = "x" * 5000
    bring(
        f"order_id,date,customer_id,currency,total\n1,2026-01-05,{long},EUR,1\n2,2026-01-05,{long}y,EUR,1\n"
    )
    lake = bring(
        f"order_id,date,customer_id,currency,total\n1,2026-01-05,{long},EUR,1\n2,2026-01-05,{long}y,EUR,1\n"
    )
    assert _customers(lake) == [1, 2]
    assert max(map(len, Identifier.objects.values_list("identifier", flat=True))) <= 500


def test_two_imports_take_turns() -> None:
    first, second = Turn(), Turn()
    first.take()
    with pytest.raises(LakeError, match="Another import"):
        second.take(wait_seconds=0)
    first.give_back()
    second.take(wait_seconds=0)
    with pytest.raises(LakeError, match="took over"):
        first.prolong()


def test_who_could_not_give_its_turn_back_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = Turn(), Turn()
    first.take()
    with monkeypatch.context() as away:
        away.setattr(Lease.objects, "filter", _no_database)
        with pytest.raises(OperationalError):
            first.give_back()
    second.take(wait_seconds=0)
    with pytest.raises(LakeError, match="took over"):
        first.prolong()


def _no_database(**_: object) -> None:
    raise OperationalError("the connection is closed")


def test_a_lease_that_ran_out_or_whose_process_ended_is_not_waited_for() -> None:
    first, second = Turn(), Turn()
    first.take()
    Lease.objects.update(until=timezone.now() - timedelta(seconds=1))
    second.take(wait_seconds=0)
    gone = f"{socket.gethostname()[:80]}|{os.getpid()}|another start|x"
    assert lease.is_gone(gone)
    assert not lease.is_gone(second.holder)
    assert not lease.is_gone(f"elsewhere|{os.getpid()}|1|x")
