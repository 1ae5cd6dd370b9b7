"""Back-ups: one file with the state, the lake's newest version and the key that signs; made while the site runs.

The lake is copied first, under its writer's lock, then the state: a customer whom the state knows without facts does no
harm, a fact of a customer whom the state does not know would. Uploads, rejects and downloads expire anyway and are left
out. The file holds personal data; only its owner may read it. A restore erases again who was erased since.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from regulars import __version__
from regulars.kernel.errors import ConflictError, InputError, RegularsError
from regulars.kernel.progress import Progress, silent
from regulars.lake import Lake
from regulars.lake.durable import sync_file, sync_folder
from regulars.platform import config
from regulars.platform.site import Site

FORMAT = 1
_ABOUT = "backup.json"
_SQLITE, _POSTGRES = "state.sqlite3", "state.dump"


@dataclass(frozen=True)
class BackUp:
    """What was written: the file, its size in bytes, the lake's version in it (None: no lake yet)."""

    file: Path
    bytes: int
    lake_version: int | None


def back_up(site: Site, *, into: Path | None = None, progress: Progress = silent) -> BackUp:
    """Write a back-up of the site into a file (None: `backups/` in the site's folder, named by the time).

    Raises ConflictError where the file is there already. Killed half-way, it leaves no file of that name.
    """
    now = datetime.now(UTC)
    file = into or site.backups / f"regulars-{now:%Y%m%d-%H%M%S}.tar.gz"
    if file.exists():
        raise ConflictError("There is a file of this name.", where=str(file), do="Name another one.")
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".regulars-") as folder, _removed(fresh):
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as raw, tarfile.open(fileobj=raw, mode="w:gz", compresslevel=1) as tar:
            version = _add_lake(tar, site, progress)
            progress("copying the state", None)
            state = _copy_state(Path(folder))
            tar.add(state, state.name)
            tar.add(site.secret_file, "secret.key") if site.secret_file.exists() else None
            if site.reports.is_dir():
                tar.add(site.reports, "reports")
            about = {"format": FORMAT, "made": f"{now:%Y-%m-%dT%H:%M:%SZ}", "release": __version__,
                     "lake_version": version, "state": state.name}  # fmt: skip
            (Path(folder) / _ABOUT).write_text(json.dumps(about, indent=1), encoding="utf-8")
            tar.add(Path(folder) / _ABOUT, _ABOUT)
        sync_file(fresh)
        fresh.rename(file)
        sync_folder(file.parent)
    return BackUp(file, file.stat().st_size, version)


def _add_lake(tar: tarfile.TarFile, site: Site, progress: Progress) -> int | None:
    if not Lake.is_lake(site.lake):
        return None
    lake = Lake.open(site.lake)
    progress("copying the lake", None)
    with lake.writer(progress=progress):  # nothing is written or vacuumed meanwhile
        tar.add(lake.path, "lake", filter=_no_lock)
        return lake.version


def _no_lock(item: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if item.name.endswith("/writer.lock") else item


def _copy_state(folder: Path) -> Path:
    """The state as it is at one moment, while others go on writing."""
    from django.db import connection  # noqa: PLC0415 - after django.setup()

    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        copy = folder / _SQLITE
        with (
            closing(sqlite3.connect(settings["NAME"], timeout=60)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(
                target
            )  # in one step, which blocks nobody; several would begin anew with each write
        return copy
    copy = folder / _POSTGRES
    _postgres("pg_dump", "--format=custom", f"--file={copy}", "--no-owner", "--no-acl", settings=settings)
    return copy


def _postgres(program: str, *arguments: str, settings: dict[str, Any]) -> None:
    found = shutil.which(program) or next(
        (str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), reverse=True)),
        None,
    )
    if found is None:
        raise InputError(
            f"{program} was not found.", do="Install PostgreSQL's client programs (postgresql-client)."
        )
    names = {
        "PGHOST": "HOST",
        "PGPORT": "PORT",
        "PGUSER": "USER",
        "PGPASSWORD": "PASSWORD",
        "PGDATABASE": "NAME",
    }
    own = {name: str(settings[key]) for name, key in names.items() if settings.get(key)}
    done = subprocess.run(
        [found, *arguments], env={**os.environ, **own}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RegularsError(f"{program} failed.", where=str(settings["NAME"]), do=done.stderr.strip()[-500:])


@contextmanager
def _removed(fresh: Path) -> Iterator[None]:
    try:
        yield
    finally:
        fresh.unlink(missing_ok=True)


def read_about(file: Path) -> dict[str, Any]:
    """What a back-up says of itself. Raises InputError for what is none, or is of a later format."""
    try:
        with tarfile.open(file) as tar:
            member = tar.extractfile(_ABOUT)
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


def unpack(file: Path, site: Site, progress: Progress = silent) -> dict[str, Any]:
    """Put a back-up's files into a site's folder that is new or empty; the state still has to be loaded for PostgreSQL.

    Everything is unpacked beside the folder first; a broken file leaves nothing.
    """
    about = read_about(file)
    if site.home.exists() and any(site.home.iterdir()):
        raise ConflictError(
            "The folder is not empty.",
            where=str(site.home),
            do="Name a new one with --home; nothing was changed.",
        )
    if (
        site.elsewhere is not None
        and site.lake.exists()
        and (not site.lake.is_dir() or any(site.lake.iterdir()))
    ):
        raise ConflictError(
            "There is a lake already.",
            where=str(site.lake),
            do="Name another place in REGULARS_LAKE, or unset it; nothing was changed.",
        )
    if (about["state"] == _POSTGRES) != bool(config.DATABASE.text()):
        raise InputError(
            "The back-up's state is of another kind of database.",
            where=config.DATABASE.name,
            do="Set it to an empty PostgreSQL database, or unset it for SQLite; nothing was changed.",
        )
    site.home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=site.home.parent, prefix=".regulars-restore-") as folder:
        progress("unpacking the back-up", None)
        try:
            with tarfile.open(file) as tar:
                tar.extractall(folder, filter="data")
        except (tarfile.TarError, EOFError) as error:
            raise InputError("The back-up is damaged.", where=str(file), do=str(error)) from None
        site.make()
        names = {
            "lake": site.lake,
            "secret.key": site.secret_file,
            "reports": site.reports,
            _SQLITE: site.database,
        }
        for name, place in names.items():
            if (Path(folder) / name).exists():
                if place.is_dir():
                    shutil.rmtree(place)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(Path(folder) / name, place)
        if (Path(folder) / _POSTGRES).exists():
            shutil.move(Path(folder) / _POSTGRES, site.home / _POSTGRES)
    site.secret_file.chmod(0o600) if site.secret_file.exists() else None
    return about


def load_state(site: Site) -> None:
    """Load a PostgreSQL state that was unpacked into the database in force, which has to be empty. Nothing for SQLite."""
    from django.db import connection  # noqa: PLC0415 - after django.setup()

    dump = site.home / _POSTGRES
    if not dump.exists():
        return
    if connection.vendor != "postgresql":
        raise InputError(
            "The back-up's state is PostgreSQL's.",
            where=str(dump),
            do="Set REGULARS_DATABASE_URL to an empty database, then run this again.",
        )
    _postgres("pg_restore", "--no-owner", "--no-acl", "--exit-on-error", "--single-transaction",
              f"--dbname={connection.settings_dict['NAME']}", str(dump), settings=connection.settings_dict)  # fmt: skip
    dump.unlink()
