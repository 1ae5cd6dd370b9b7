"""A back-up brings nobody back: with the real commands, and every byte of the restored site looked at."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from regulars.platform.erased_list import FILE
from regulars.platform.privacy import api as privacy
from regulars.platform.privacy.files import holds, wanted
from support.programs import free_port

TESTS = Path(__file__).parents[2]
ANNA = wanted(privacy.Person((), (), ("anna.berg@example.org", "Änna Berg", "4930123456")))
OLA = wanted(privacy.Person((), (), ("ola@example.org",)))
SHOP = (
    "from pathlib import Path\nfrom regulars.platform import supervise\nsupervise.django(); supervise.migrate()\n"
    "from django.conf import settings\nfrom support.people import imported\nimported(settings.SITE, Path('{}'))"
)
COMMAND = "import sys; sys.argv = ['regulars', *{}]; from regulars.cli.main import run; run()"

Regulars = Callable[..., str]


@pytest.fixture
def regulars(tmp_path: Path) -> Regulars:
    """`regulars("erase", "c1", home=home)` runs a command of a SQLite site of its own, and gives what it says."""

    def run(*arguments: str, home: Path, program: str = "") -> str:
        environment = {key: value for key, value in os.environ.items() if key != "REGULARS_DATABASE_URL"}
        done = subprocess.run(
            [sys.executable, "-c", program or COMMAND.format(list(arguments))], capture_output=True, text=True,
            env={**environment, "REGULARS_HOME": str(home), "PYTHONPATH": str(TESTS)}, cwd=tmp_path,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


@pytest.fixture
def erased_since(tmp_path: Path, regulars: Regulars) -> tuple[Path, Path]:
    """A site whose Anna was erased after its back-up was made: its folder, and the back-up."""
    home, file = tmp_path / "site", tmp_path / "safe" / "monday.tar.gz"
    home.mkdir()
    regulars(home=home, program=SHOP.format(tmp_path))
    regulars("backup", "--into", str(file), home=home)
    regulars("erase", "c1", "--yes", home=home)
    assert _with(home, ANNA) == []
    assert not (file.parent / FILE).exists()
    return home, file


def _with(home: Path, texts: list[bytes]) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file() and holds(path, texts)]


def test_who_was_erased_stays_so_in_a_site_that_is_restored_in_its_place(
    tmp_path: Path, erased_since: tuple[Path, Path], regulars: Regulars
) -> None:
    home, file = erased_since
    said = regulars("restore", str(file), "--replace", home=home)
    assert "1 person was erased again." in said and f"{home}.before-" in said
    assert "erase --again" not in said
    assert _with(home, ANNA) == []
    assert _with(home, OLA) != []
    (aside,) = tmp_path.glob("site.before-*")
    assert (aside / "regulars.sqlite3").exists()


def test_on_another_machine_the_list_is_asked_for(
    tmp_path: Path, erased_since: tuple[Path, Path], regulars: Regulars
) -> None:
    before, file = erased_since
    home, carried = tmp_path / "new", tmp_path / "carried.jsonl"
    (before / FILE).rename(carried)
    said = regulars("restore", str(file), home=home)
    assert (
        "0 people were erased again." in said and f"erase --again FOLDER/erased.jsonl --home {home}" in said
    )
    assert _with(home, ANNA) != []
    assert "1 person was erased again." in regulars("erase", "--again", str(carried), home=home)
    assert _with(home, ANNA) == []


def test_a_newer_back_up_leaves_the_list_beside_it_and_in_it(
    tmp_path: Path, erased_since: tuple[Path, Path], regulars: Regulars
) -> None:
    before, file = erased_since
    regulars("backup", "--into", str(file.with_name("tuesday.tar.gz")), home=before)
    assert (file.parent / FILE).read_bytes() == (before / FILE).read_bytes()
    (before / FILE).unlink()
    home = tmp_path / "new"
    assert "1 person was erased again." in regulars("restore", str(file), home=home)
    assert _with(home, ANNA) == []
    (home / FILE).unlink()
    regulars("restore", str(file.with_name("tuesday.tar.gz")), "--replace", home=home)
    assert FILE in {path.name for path in home.iterdir()}


def test_a_list_that_was_written_with_the_back_up_tells_nothing(tmp_path: Path, regulars: Regulars) -> None:
    home, file, new = tmp_path / "site", tmp_path / "safe" / "monday.tar.gz", tmp_path / "new"
    home.mkdir()
    regulars(home=home, program=SHOP.format(tmp_path))
    regulars("erase", "c2", "--yes", home=home)
    regulars("backup", "--into", str(file), home=home)
    assert (file.parent / FILE).exists()
    assert "erase --again" not in regulars("restore", str(file), "--replace", home=home)
    home.rename(tmp_path / "another machine's")
    assert f"erase --again FOLDER/erased.jsonl --home {new}" in regulars("restore", str(file), home=new)


def test_a_list_is_found_where_a_restore_was_killed_before_it_moved_it_back(
    tmp_path: Path, erased_since: tuple[Path, Path], regulars: Regulars
) -> None:
    home, file = erased_since
    home.rename(tmp_path / "site.before-20260101-000000")
    said = regulars("restore", str(file), home=home)
    assert "1 person was erased again." in said and "erase --again" not in said
    assert _with(home, ANNA) == []


def test_a_database_that_was_put_back_by_hand_is_put_right_before_the_first_page(
    tmp_path: Path, regulars: Regulars
) -> None:
    home, kept = tmp_path / "site", tmp_path / "kept.sqlite3"
    home.mkdir()
    regulars(home=home, program=SHOP.format(tmp_path))
    with closing(sqlite3.connect(home / "regulars.sqlite3")) as state, closing(sqlite3.connect(kept)) as copy:
        state.backup(copy)
    regulars("erase", "c1", "--yes", home=home)
    for path in home.glob("regulars.sqlite3*"):
        path.unlink()
    shutil.copy(kept, home / "regulars.sqlite3")
    said = regulars("up", "--background", "--address", f"127.0.0.1:{free_port()}", home=home)
    regulars("down", home=home)
    assert "1 person was erased again." in said
    assert _with(home, ANNA) == []
