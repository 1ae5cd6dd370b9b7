"""Sites of earlier releases: a back-up of each is restored, migrated, and works on with what was in it.

`make_site.py` says how the site of a release is made; it is kept here for every release to come.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SITES = sorted(Path(__file__).with_name("sites").glob("*.tar.gz"))
# What Ann's app was given, as it was when each site was made: base32 of its key.
SECRETS = {"0.1.0-first": "TX5C7Z6K52J5MWM5PCJQFO6YSDQ742HC"}
_RESTORE = (
    "import sys; from regulars.cli.main import run; sys.argv = ['regulars', 'restore', sys.argv[1]]; run()"
)
OPEN = str(Path(__file__).with_name("open_site.py"))


def _ran(home: Path, *arguments: str) -> str:
    own = {key: value for key, value in os.environ.items() if not key.startswith("REGULARS_")}
    done = subprocess.run(
        [sys.executable, *arguments], env={**own, "REGULARS_HOME": str(home)}, capture_output=True, text=True
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.parametrize("site", SITES, ids=lambda path: path.name.removesuffix(".tar.gz"))
def test_a_site_of_an_earlier_release_works_on(site: Path, tmp_path: Path) -> None:
    home = tmp_path / "site"
    _ran(home, "-c", _RESTORE, str(site))
    told: dict[str, Any] = json.loads(_ran(home, OPEN).splitlines()[-1])
    pages = told.pop("pages")
    assert [{path: status for path, status in shown.items() if status != 200} for shown in pages] == [{}, {}]
    assert told == {
        "users": [["ann@mail.test", "administrator", "en"], ["ben@mail.test", "marketing", "de"]],
        "markets": ["DE"],
        "signs in": True,
        "second factor": SECRETS[site.name.removesuffix(".tar.gz")],
        "orders": 287,
        "customers": [40, 80],
        "segments": [["norwegians", "market = 'NO'"]],
        "members": 20,
        "goals": [["repurchase_rate", "relative"]],
        "alerts": [["size", "above"]],
        "shown": True,
        "failed": [],
    }


def test_there_is_a_site_of_a_release_before_this() -> None:
    assert SITES and all(path.stat().st_size < 200_000 for path in SITES)
