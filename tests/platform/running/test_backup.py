"""Back-ups: everything comes back, a broken one leaves nothing, and nobody else may read them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from regulars.kernel.errors import ConflictError, InputError, RegularsError
from regulars.lake import Lake
from regulars.platform.backup import back_up
from regulars.platform.erased_list import PENDING
from regulars.platform.restoring import unpack
from regulars.platform.site import Site
from regulars.sources import SourceFile, import_into

ORDERS = "order_id,customer_id,date,amount,currency\n1,ann,2026-01-02,10.00,EUR\n2,ben,2026-02-03,20.00,EUR\n"


@pytest.fixture
def with_lake(site: Site, tmp_path: Path) -> Site:
    """A site with two orders in its lake."""
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS)
    import_into(Lake.create(site.lake), [SourceFile(file)])
    site.secret()
    return site


@pytest.mark.django_db(transaction=True)
def test_the_lake_comes_back_as_it_was(with_lake: Site, tmp_path: Path) -> None:
    made = back_up(with_lake, into=tmp_path / "monday.tar.gz")
    restored = Site(tmp_path / "restored")
    about = unpack(made.file, restored)
    assert about.lake_version == Lake.open(with_lake.lake).version == Lake.open(restored.lake).version
    assert Lake.open(restored.lake).manifest().tables["orders"].rows == 2
    assert restored.secret() == with_lake.secret()


@pytest.mark.django_db(transaction=True)
def test_only_the_owner_may_read_it(with_lake: Site) -> None:
    assert back_up(with_lake).file.stat().st_mode & 0o077 == 0


@pytest.mark.django_db(transaction=True)
def test_no_back_up_replaces_another(with_lake: Site, tmp_path: Path) -> None:
    back_up(with_lake, into=tmp_path / "monday.tar.gz")
    with pytest.raises(ConflictError):
        back_up(with_lake, into=tmp_path / "monday.tar.gz")


@pytest.mark.django_db(transaction=True)
def test_a_folder_that_is_used_is_not_touched(with_lake: Site, tmp_path: Path) -> None:
    made = back_up(with_lake, into=tmp_path / "monday.tar.gz")
    with pytest.raises(ConflictError, match="not empty"):
        unpack(made.file, with_lake)


@pytest.mark.django_db(transaction=True)
def test_a_truncated_back_up_leaves_nothing(with_lake: Site, tmp_path: Path) -> None:
    made = back_up(with_lake, into=tmp_path / "monday.tar.gz")
    half = tmp_path / "half.tar.gz"
    half.write_bytes(made.file.read_bytes()[: made.bytes // 2])
    restored = Site(tmp_path / "restored")
    with pytest.raises(InputError, match="damaged"):
        unpack(half, restored)
    assert not restored.home.exists()
    assert not list(tmp_path.glob(".regulars-*"))


@pytest.mark.django_db(transaction=True)
def test_without_a_list_only_the_very_site_that_is_replaced_tells_that_nobody_was_erased(
    with_lake: Site, tmp_path: Path
) -> None:
    made = back_up(with_lake, into=tmp_path / "safe" / "monday.tar.gz")
    assert unpack(made.file, with_lake, replace=True).listed
    another = Site(tmp_path / "another")
    another.secret()
    assert not unpack(made.file, another, replace=True).listed
    killed = Site(tmp_path / "killed")
    unpack(made.file, killed)
    # Its key is the back-up's, and it does not know what was erased elsewhere.
    assert (killed.home / PENDING).exists()
    assert not unpack(made.file, killed, replace=True).listed


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="a state of SQLite is a file of the site's")
def test_a_database_that_is_not_empty_is_refused_before_anything_is_set_aside(
    with_lake: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = back_up(with_lake, into=tmp_path / "safe" / "monday.tar.gz")
    # The server that this process of the tests asks: with several, each has one of its own.
    own = connection.settings_dict
    server = f"postgresql://{own['USER']}:{own['PASSWORD']}@{own['HOST']}:{own['PORT']}"
    monkeypatch.setenv("REGULARS_DATABASE_URL", f"{server}/{own['NAME']}")
    with pytest.raises(ConflictError, match="database is not empty"):
        unpack(made.file, with_lake, replace=True)
    monkeypatch.setenv("REGULARS_DATABASE_URL", f"{server}/no_such_database")
    with pytest.raises(RegularsError, match="does not answer"):
        unpack(made.file, with_lake, replace=True)
    assert not list(tmp_path.glob("site.before-*")) and Lake.is_lake(with_lake.lake)


def test_a_site_in_use_comes_back_with_its_users(tmp_path: Path) -> None:
    """By the commands, on a SQLite site of its own."""
    home, restored, file = tmp_path / "site", tmp_path / "restored", tmp_path / "now.tar.gz"
    environment = {key: value for key, value in os.environ.items() if key != "REGULARS_DATABASE_URL"}

    def told(home: Path, program: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", program], env={**environment, "REGULARS_HOME": str(home)}, capture_output=True, text=True
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    command = "import sys; sys.argv = ['regulars', *{}]; from regulars.cli.main import run; run()"
    django = "from regulars.platform import supervise; supervise.django(); supervise.migrate()\nfrom regulars.platform.core.models import User\n"
    home.mkdir()
    told(home, django + "User.objects.make(email='ann@example.org', password='x', name='Ann', role='reader')")
    told(home, command.format(["backup", "--into", str(file)]))
    told(home, command.format(["restore", str(file), "--home", str(restored)]))
    shutil.rmtree(home)
    assert told(restored, django + "print(User.objects.get().name)").strip() == "Ann"
