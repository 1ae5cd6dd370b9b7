"""Back-ups: one file with the state, the lake's newest version and the key that signs; made while the site runs.

The lake is copied first, under its writer's lock, then the state: a customer whom the state knows without facts does no
harm, a fact of a customer whom the state does not know would. Uploads, rejects and downloads expire anyway and are left
out. The file holds personal data; only its owner may read it. Beside it stands the list of who was erased (digests, nobody's
data): a restore obeys that list, the back-up's own and the one of the folder that it restores into.
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
from regulars.platform import erased_list
from regulars.platform.site import Site

FORMAT = 1
ABOUT = "backup.json"
SQLITE, POSTGRES = "state.sqlite3", "state.dump"


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
            with _lake_at_rest(site, progress) as lake:
                if lake is not None:
                    progress("copying the lake", None)
                    tar.add(lake.path, "lake", filter=_no_lock)
                progress("copying the state", None)
                # Still at rest: nobody is erased here whose facts were copied just now.
                state = _copy_state(Path(folder))
            version = lake.version if lake is not None else None
            tar.add(state, state.name)
            tar.add(site.secret_file, "secret.key") if site.secret_file.exists() else None
            if (erased := _erased(site, Path(folder))).exists():
                tar.add(erased, erased.name)
            if site.reports.is_dir():
                tar.add(site.reports, "reports")
            about = {"format": FORMAT, "made": f"{now:%Y-%m-%dT%H:%M:%SZ}", "release": __version__,
                     "lake_version": version, "state": state.name, "home": str(site.home)}  # fmt: skip
            (Path(folder) / ABOUT).write_text(json.dumps(about, indent=1), encoding="utf-8")
            tar.add(Path(folder) / ABOUT, ABOUT)
        sync_file(fresh)
        erased_list.add(file.parent / erased_list.FILE, erased_list.read(erased))
        fresh.rename(file)
        sync_folder(file.parent)
    return BackUp(file, file.stat().st_size, version)


def _erased(site: Site, folder: Path) -> Path:
    """All erasures that the site knows of, as a list; written after the state was copied, so that it lacks none of it."""
    from regulars.platform.privacy.api import erased_lines  # noqa: PLC0415 - after django.setup()

    file = folder / erased_list.FILE
    erased_list.add(file, [*erased_list.read(site.home / erased_list.FILE), *erased_lines()])
    return file


@contextmanager
def _lake_at_rest(site: Site, progress: Progress) -> Iterator[Lake | None]:
    """The lake, in which nothing is written, vacuumed or erased meanwhile; None where there is none yet."""
    if not Lake.is_lake(site.lake):
        yield None
        return
    lake = Lake.open(site.lake)
    with lake.writer(progress=progress):
        yield lake


def _no_lock(item: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if item.name.endswith("/writer.lock") else item


def _copy_state(folder: Path) -> Path:
    """The state as it is at one moment, while others go on writing."""
    from django.db import connection  # noqa: PLC0415 - after django.setup()

    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        copy = folder / SQLITE
        with (
            closing(sqlite3.connect(settings["NAME"], timeout=60)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(
                target
            )  # in one step, which blocks nobody; several would begin anew with each write
        return copy
    copy = folder / POSTGRES
    postgres("pg_dump", "--format=custom", f"--file={copy}", "--no-owner", "--no-acl", settings=settings)
    return copy


def postgres(program: str, *arguments: str, settings: dict[str, Any]) -> None:
    """Run one of PostgreSQL's own programs on the site's database. Raises InputError where it is missing, RegularsError where it fails."""
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
