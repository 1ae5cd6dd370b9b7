"""A lake made without the platform keeps its customers' numbers when a site takes it over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from regulars.kernel.errors import ConflictError
from regulars.lake import Lake
from regulars.platform.customers import adoption, api
from regulars.platform.customers.models import Customer, Identifier
from regulars.platform.site import Site
from regulars.sources import LocalResolver, SourceFile, import_into
from support.people import SHOP

pytestmark = pytest.mark.django_db


@pytest.fixture
def old_lake(site: Site, tmp_path: Path) -> Lake:
    path = tmp_path / "old.csv"
    path.write_text(SHOP, encoding="utf-8")
    lake = Lake.create(site.lake)
    import_into(lake, [SourceFile(path)])
    return lake


def test_the_numbers_are_taken_over_and_the_file_is_moved_aside(old_lake: Lake) -> None:
    people = LocalResolver.beside(old_lake.path).path
    assert api.adopt(old_lake.path) == 4
    assert Customer.objects.count() == 2
    assert not people.exists()
    assert people.with_name(people.name + adoption.ADOPTED).exists()
    assert api.adopt(old_lake.path) == 0


def test_after_that_an_import_knows_everybody(old_lake: Lake, bring: Callable[..., Lake]) -> None:
    api.adopt(old_lake.path)
    bring()
    assert Customer.objects.count() == 2
    assert api.contacts([1])[1].name == "Änna Berg"


def test_an_adoption_broken_off_half_way_is_finished(old_lake: Lake) -> None:
    Customer.objects.create(number=1)
    Identifier.objects.create(identifier="id:shop:c1", customer_id=1)
    api.adopt(old_lake.path)
    assert Identifier.objects.count() == 4


def test_numbers_that_the_site_gave_to_others_stop_it(old_lake: Lake) -> None:
    Customer.objects.create(number=1)
    Identifier.objects.create(identifier="id:shop:somebody else", customer_id=1)
    with pytest.raises(ConflictError, match="given to others"):
        api.adopt(old_lake.path)
    assert Identifier.objects.count() == 1
    assert LocalResolver.beside(old_lake.path).path.exists()
