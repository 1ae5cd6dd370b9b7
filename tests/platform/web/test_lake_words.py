"""What the lake says of itself, in the reader's language."""

from __future__ import annotations

from django.utils import translation

from regulars.lake import Lake
from regulars.lake.health import check
from regulars.platform.site import Site
from regulars.platform.web.pages.lake_words import said
from support.computed import with_lake


def test_what_is_wrong_with_a_lake_is_said_in_the_readers_language(site: Site) -> None:
    lake = Lake.open(with_lake(site).lake)
    (lake.path / "definitions.toml").write_text('currency = "NOK"\n', encoding="utf-8")
    next((lake.path / "tables" / "orders").glob("*.parquet")).unlink()
    found = [one for one in check(lake) if one.level != "fine"]
    assert {one.level for one in found} == {"warning", "error"}
    with translation.override("de"):
        for one in found:
            assert said(one.what) != one.what and said(one.do) != one.do
    assert "Orders: a file is missing" in " ".join(said(one.what) for one in found)


def test_why_a_version_was_made_is_said_too_and_what_is_not_known_stays(site: Site) -> None:
    lake = Lake.open(with_lake(site).lake)
    lake.compact()
    notes = {one.note for one in lake.history()}
    with translation.override("nb"):
        assert all(said(note) != note for note in notes)
        assert said("imported by hand") == "imported by hand"
