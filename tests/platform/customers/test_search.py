"""Customers are found by what people type."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from regulars.lake import Lake
from regulars.platform.customers import api
from regulars.platform.customers.models import Alias
from regulars.platform.customers.rules import fold, kept

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shop(bring: Callable[..., Lake]) -> None:
    bring()


def _found(text: str, *, may: bool = True) -> list[int]:
    return [one.number for one in api.search(text, may_see_contacts=may)]


@pytest.mark.parametrize(
    "text",
    ["ola@example.org", "OLA@EXA", "odegard ola", "Ødegård", "22 33 44", "0047 22334455", "c2", "2", "#2"],
)
def test_one_customer_by_address_name_telephone_id_or_number(text: str) -> None:
    assert _found(text) == [2]


@pytest.mark.parametrize("text", ["", " ", "x", "%", "_", "12", "anna berg zzz", "\x00", "' OR 1=1 --"])
def test_nobody_by_what_fits_nobody(text: str) -> None:
    assert _found(text) == []


def test_an_exact_id_stands_before_parts_of_names() -> None:
    assert _found("example")[0] in (1, 2)
    assert len(_found("example")) == 2


def test_without_the_right_nobody_is_found_by_a_contact_nor_named() -> None:
    assert _found("ola@example.org", may=False) == []
    assert _found("Anna", may=False) == []
    (one,) = api.search("c1", may_see_contacts=False)
    assert (one.number, one.name, one.email, one.phone) == (1, "", "", "")


def test_a_merged_customer_is_found_as_the_one_it_counts_as() -> None:
    Alias.objects.create(customer_id=2, into_id=1)
    assert _found("ola@example.org") == [1]
    assert api.current(2) == 1
    assert api.numbers(2) == (1, 2)
    assert api.contacts([1])[1].email == "anna.berg@example.org"


def test_a_key_leads_to_the_number_and_back() -> None:
    keys = api.key_of([1, 2])
    assert [api.number_of(keys[n]) for n in (1, 2)] == [1, 2]
    assert api.number_of("nobody") is None
    assert len(set(keys.values())) == 2


def test_folding_takes_marks_off() -> None:
    assert fold("  Müller  ØDEGÅRD ș ß") == "muller odegard s ss"
    assert kept("id:a:" + "x" * 9000) != kept("id:a:" + "x" * 9001)
