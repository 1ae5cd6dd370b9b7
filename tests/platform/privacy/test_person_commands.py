"""`regulars where | export | erase | object`."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from regulars.cli.commands import erase, export, object, where
from regulars.platform.customers import api as customers
from regulars.platform.site import Site
from support.people import imported

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shop(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    imported(site, tmp_path)
    monkeypatch.setenv("REGULARS_HOME", str(site.home))
    for module in (where, export, erase, object):
        # The test's database stands already, and is another one than the site's file.
        monkeypatch.setattr(module, "ready", lambda home: site)


def test_where_names_every_place() -> None:
    said = CliRunner().invoke(where.app, ["anna.berg@example.org"]).output
    assert "Facts in the lake" in said
    assert "5 records in all." in said


def test_export_writes_a_private_file_once(tmp_path: Path) -> None:
    into = tmp_path / "anna.zip"
    assert CliRunner().invoke(export.app, ["c1", "--into", str(into)]).exit_code == 0
    assert zipfile.ZipFile(into).testzip() is None
    assert into.stat().st_mode & 0o077 == 0
    assert CliRunner().invoke(export.app, ["c1", "--into", str(into)]).exit_code != 0


def test_erase_asks_for_the_number_and_writes_a_certificate(tmp_path: Path) -> None:
    assert CliRunner().invoke(erase.app, ["c1"], input="4\n").exit_code != 0
    assert customers.contacts([1])
    paper = tmp_path / "certificate.json"
    assert CliRunner().invoke(erase.app, ["c1", "--certificate", str(paper)], input="5\n").exit_code == 0
    assert not customers.contacts([1])
    assert "anna" not in paper.read_text(encoding="utf-8").lower()
    assert json.loads(paper.read_text(encoding="utf-8"))["by"] == "the command line"
    assert CliRunner().invoke(erase.app, ["c1", "--yes"]).exit_code != 0


def test_object_stops_profiling_and_undo_allows_it() -> None:
    CliRunner().invoke(object.app, ["c1"])
    assert customers.not_profiled() == {1}
    CliRunner().invoke(object.app, ["c1", "--undo"])
    assert customers.not_profiled() == set()
