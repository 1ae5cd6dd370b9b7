"""A site made of a back-up: into a new folder, or in place of the site that is there, which is set aside and not deleted.

Everything is unpacked beside the folder first; a broken file changes nothing.
"""

from __future__ import annotations

import json
import shutil
import tarfile
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from glob import escape
from pathlib import Path
from typing import Any

from regulars.kernel.errors import ConflictError, InputError, RegularsError
from regulars.kernel.progress import Progress, silent
from regulars.platform import config, erased_list
from regulars.platform.backup import ABOUT, FORMAT, POSTGRES, SQLITE, postgres
from regulars.platform.site import Site

# What a site's folder may hold and still be restored into: it stays there.
_STAYS = (erased_list.FILE, erased_list.LOCK, "backups", "regulars.log", "regulars.pid")
_SECRET = "secret.key"
_BEFORE = ".before-"  # after a folder's name, then the time: what was set aside

# Whether there is a table where the state would go; what an extension brings along does no harm.
_TABLES = """SELECT EXISTS (
    SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind IN ('r', 'p') AND nspname = ANY (current_schemas(false))
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e'))"""


@dataclass(frozen=True)
class Restored:
    """What was unpacked. `listed`: whether it is known who was erased since the back-up was made. `aside`: where the
    site before lies now, as far as there was one."""

    made: str
    lake_version: int | None
    listed: bool
    aside: tuple[Path, ...]


def read_about(file: Path) -> dict[str, Any]:
    """What a back-up says of itself. Raises InputError for what is none, or is of a later format."""
    try:
        with tarfile.open(file) as tar:
            member = tar.extractfile(ABOUT)
            about: dict[str, Any] = json.load(member) if member else {}
    except (tarfile.TarError, KeyError, OSError, EOFError, ValueError):
        raise InputError(
            "This is no back-up, or it is damaged.",
            where=str(file),
            do="Choose a file that 'regulars backup' wrote.",
        ) from None
    if about.get("format") != FORMAT:
        raise InputError(
            "This back-up was made by a later release.", where=str(file), do="Update: pip install -U regulars"
        )
    return about


def unpack(
    file: Path, site: Site, *, erased: Path | None = None, replace: bool = False, progress: Progress = silent
) -> Restored:
    """Put a back-up's files into a site's folder; the state still has to be loaded for PostgreSQL, and the list of
    erasures to be obeyed; `erased` is one more such list.

    Raises ConflictError where there is a site and `replace` does not allow to set it aside.
    """
    about = read_about(file)
    _refuse(site, about, replace=replace)
    if erased is not None and not erased.is_file():
        raise InputError("There is no such list.", where=str(erased), do="Nothing was changed.")
    site.home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=site.home.parent, prefix=".regulars-restore-") as name:
        folder = Path(name)
        progress("unpacking the back-up", None)
        try:
            with tarfile.open(file) as tar:
                tar.extractall(folder, filter="data")
        except (tarfile.TarError, EOFError) as error:
            raise InputError("The back-up is damaged.", where=str(file), do=str(error)) from None
        listed = _gather(file, site, about, erased, folder)
        aside = _set_aside(site) if replace else ()
        _move(folder, site)
    return Restored(about["made"], about["lake_version"], listed, aside)


def _gather(file: Path, site: Site, about: dict[str, Any], erased: Path | None, folder: Path) -> bool:
    """Bring all lists of erasures that can be found into the back-up's own; whether they tell who was erased since.

    The list beside a back-up may have been written with it, and that of a site whose restore was killed may be the
    back-up's: such a list tells only where it has a line more.
    """
    into = folder / erased_list.FILE
    own = {line["reference"] for line in erased_list.read(into)}
    # Where a restore was killed while it set the site aside, its list is there still.
    aside = site.home.parent.glob(f"{escape(site.home.name)}{_BEFORE}*")
    homes = [site.home, Path(about.get("home") or site.home), *sorted(aside)]
    lists = {home / erased_list.FILE: not (home / erased_list.PENDING).exists() for home in homes}
    lists.setdefault(file.absolute().parent / erased_list.FILE, False)
    if erased is not None:
        lists[erased] = True
    told = _same(site, folder)
    for path, living in lists.items():
        lines = erased_list.read(path)
        erased_list.add(into, lines)
        told |= (living and path.is_file()) or any(line["reference"] not in own for line in lines)
    return told


def _same(site: Site, folder: Path) -> bool:
    """Whether the site in the folder is the one that the back-up was made of: without a list, it erased nobody.

    One that was restored here and whose restore was killed only looks the same.
    """
    keys = (site.secret_file, folder / _SECRET)
    if (site.home / erased_list.PENDING).exists() or not all(key.is_file() for key in keys):
        return False
    return keys[0].read_bytes() == keys[1].read_bytes()


def _refuse(site: Site, about: dict[str, Any], *, replace: bool) -> None:
    """Raise where the back-up cannot be unpacked here; nothing was changed."""
    if not replace and _holds_more(site.home):
        raise ConflictError(
            "The folder is not empty.",
            where=str(site.home),
            do="Name a new one with --home, or set the site that is there aside with --replace; nothing was changed.",
        )
    if not replace and site.elsewhere is not None and _taken(site.lake):
        raise ConflictError(
            "There is a lake already.",
            where=str(site.lake),
            do="Name another place in REGULARS_LAKE, or unset it; nothing was changed.",
        )
    if (about["state"] == POSTGRES) != bool(config.DATABASE.text()):
        raise InputError(
            "The back-up's state is of another kind of database.",
            where=config.DATABASE.name,
            do="Set it to an empty PostgreSQL database, or unset it for SQLite; nothing was changed.",
        )
    if about["state"] == POSTGRES and _has_tables(site):
        raise ConflictError(
            "The database is not empty.",
            where=config.DATABASE.name,
            do="Make an empty one (createdb) and name it there; nothing was changed.",
        )


def _has_tables(site: Site) -> bool:
    """Whether the PostgreSQL database in force has tables. Raises RegularsError where it does not answer."""
    import psycopg  # noqa: PLC0415 - belongs to the extra

    named = config.database(config.DATABASE.text(), site.database)
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    how = {name: named[key] for name, key in names.items() if named[key]} | named["OPTIONS"]
    try:
        with psycopg.connect(**how) as connection:
            row = connection.execute(_TABLES).fetchone()
    except psycopg.Error as error:
        raise RegularsError(
            "The database does not answer.",
            where=config.DATABASE.name,
            do=f"Nothing was changed. ({str(error).strip()[-300:]})",
        ) from None
    return bool(row and row[0])


def _holds_more(home: Path) -> bool:
    return home.exists() and any(path.name not in _STAYS for path in home.iterdir())


def _taken(lake: Path) -> bool:
    return lake.exists() and (not lake.is_dir() or any(lake.iterdir()))


def _set_aside(site: Site) -> tuple[Path, ...]:
    """Rename the site that is there, and its lake where that is elsewhere; back-ups stay."""
    moved = []
    ending = f"{_BEFORE}{datetime.now(UTC):%Y%m%d-%H%M%S}"
    if _holds_more(site.home):
        aside = site.home.with_name(site.home.name + ending)
        site.home.rename(aside)
        site.make()
        for name in _STAYS:
            if (aside / name).exists() and name != "regulars.pid":
                shutil.move(aside / name, site.home / name)
        moved.append(aside)
    if site.elsewhere is not None and _taken(site.lake):
        moved.append(site.lake.rename(site.lake.with_name(site.lake.name + ending)))
    return tuple(moved)


def _move(folder: Path, site: Site) -> None:
    """Move what was unpacked to its places; the list of erasures waits to be obeyed from the first file on."""
    site.make()
    (site.home / erased_list.PENDING).touch(mode=0o600)
    places = {
        erased_list.FILE: site.home / erased_list.FILE,
        "lake": site.lake,
        _SECRET: site.secret_file,
        "reports": site.reports,
        SQLITE: site.database,
        POSTGRES: site.home / POSTGRES,
    }
    for name, place in places.items():
        if (folder / name).exists():
            if place.is_dir():
                shutil.rmtree(place)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(folder / name, place)
    for path in (site.secret_file, site.home / erased_list.FILE):
        path.chmod(0o600) if path.exists() else None


def load_state(site: Site) -> None:
    """Load a PostgreSQL state that was unpacked into the database in force, which has to be empty. Nothing for SQLite."""
    from django.db import connection  # noqa: PLC0415 - after django.setup()

    dump = site.home / POSTGRES
    if not dump.exists():
        return
    if connection.vendor != "postgresql":
        raise InputError(
            "The back-up's state is PostgreSQL's.",
            where=str(dump),
            do="Set REGULARS_DATABASE_URL to an empty database, then run this again.",
        )
    postgres("pg_restore", "--no-owner", "--no-acl", "--exit-on-error", "--single-transaction",
             f"--dbname={connection.settings_dict['NAME']}", str(dump), settings=connection.settings_dict)  # fmt: skip
    dump.unlink()
