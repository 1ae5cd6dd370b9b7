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
from pathlib import Path
from typing import Any

from regulars.kernel.errors import ConflictError, InputError
from regulars.kernel.progress import Progress, silent
from regulars.platform import config, erased_list
from regulars.platform.backup import ABOUT, FORMAT, POSTGRES, SQLITE, postgres
from regulars.platform.site import Site

# What a site's folder may hold and still be restored into: it stays there.
_STAYS = (erased_list.FILE, "backups", "regulars.log", "regulars.pid")


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
        lists = [path for path in _lists(file, site, about, erased) if path.is_file()]
        for path in lists:
            erased_list.add(folder / erased_list.FILE, erased_list.read(path))
        aside = _set_aside(site) if replace else ()
        _move(folder, site)
    return Restored(about["made"], about["lake_version"], bool(lists or aside), aside)


def _lists(file: Path, site: Site, about: dict[str, Any], erased: Path | None) -> list[Path]:
    """Where a list of erasures may be: as told, in the folder, beside the back-up, in the folder that it was made of."""
    folders = [site.home, file.absolute().parent, Path(about.get("home") or site.home)]
    return [*([erased] if erased else []), *(folder / erased_list.FILE for folder in folders)]


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


def _holds_more(home: Path) -> bool:
    return home.exists() and any(path.name not in _STAYS for path in home.iterdir())


def _taken(lake: Path) -> bool:
    return lake.exists() and (not lake.is_dir() or any(lake.iterdir()))


def _set_aside(site: Site) -> tuple[Path, ...]:
    """Rename the site that is there, and its lake where that is elsewhere; back-ups stay."""
    moved = []
    ending = f".before-{datetime.now(UTC):%Y%m%d-%H%M%S}"
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
        "secret.key": site.secret_file,
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
