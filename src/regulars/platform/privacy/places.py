"""The places that are known without asking anybody: the state's rows, the audit log, files, prepared tables, logs, back-ups."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from regulars.lake.engines.duck import literal
from regulars.platform.erased_list import FILE, LOCK
from regulars.platform.privacy import files, state
from regulars.platform.privacy.registry import Person, Place, Rows, register


def nothing(person: Person) -> dict[str, Rows]:
    return {}


def none(person: Person) -> int:
    return 0


def register_all() -> None:
    """The places of core and of the site's folder."""
    register(
        Place(
            "state", _("Lists, segments and work about this person"), state.where, state.export, state.erase
        )
    )
    register(
        Place("prepared", _("Tables computed from the lake"), prepared_rows, nothing, erase_prepared,
              _("Sums over many people; they are computed again."))
    )  # fmt: skip
    for name, label, folder in (
        ("uploads", _("Uploaded files that name this person"), lambda: settings.SITE.uploads),
        ("rejects", _("Files of rejected rows that name this person"), lambda: settings.SITE.rejects),
        ("exports", _("Downloads that name this person"), lambda: settings.SITE.exports),
        ("reports", _("Reports that name this person"), lambda: settings.SITE.reports),
    ):
        register(_of_files(name, label, folder))
    register(
        Place("audit", _("Audit log"), state.audited, state.audit_export, state.mask_audit,
              _("That somebody saw or did something stays; about whom is masked."))
    )  # fmt: skip
    register(Place("logs", _("Logs"), none, nothing, none, _("Logs hold no personal data.")))
    register(
        Place("backups", _("Back-ups"), backups, nothing, none,
              _("Back-ups stay as they are until they are replaced; what they bring back is erased again when one is restored."))
    )  # fmt: skip


def _of_files(name: str, label: object, folder: Callable[[], Path]) -> Place:
    return Place(
        name,
        label,  # type: ignore[arg-type]
        lambda person: len(files.holding(folder(), person)),
        lambda person: {name: [{"file": path.name} for path in files.holding(folder(), person)]},
        lambda person: files.remove(files.holding(folder(), person)),
    )


def backups(person: Person) -> int:
    """How many files of back-ups there are: each may hold the person."""
    folder: Path = settings.SITE.backups
    if not folder.is_dir():
        return 0
    return sum(path.is_file() and path.name not in (FILE, LOCK) for path in folder.iterdir())


def prepared_rows(person: Person) -> int:
    return sum(count for _, count in _prepared(person))


def erase_prepared(person: Person) -> int:
    """Write the files again without the person's rows; whoever reads one now finishes with the old file."""
    erased = 0
    for path, count in list(_prepared(person)):
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        with duckdb.connect() as con:
            con.execute(
                f"COPY (FROM read_parquet({literal(str(path))}) WHERE customer IS NULL OR customer NOT IN {_among(person)}) "
                f"TO {literal(str(fresh))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 100000)"
            )
        fresh.replace(path)
        erased += count
    return erased


def _prepared(person: Person) -> Iterator[tuple[Path, int]]:
    """Prepared files that have rows of the person, with how many."""
    if not person.numbers:
        return
    folder: Path = settings.SITE.prepared
    with duckdb.connect() as con:
        for path in sorted(folder.rglob("*.parquet")):
            rows = f"read_parquet({literal(str(path))})"
            try:
                if "customer" not in con.sql(f"FROM {rows} LIMIT 0").columns:
                    continue
                ((count,),) = con.execute(
                    f"SELECT count(*) FROM {rows} WHERE customer IN {_among(person)}"
                ).fetchall()
            except duckdb.IOException:  # removed meanwhile, with its snapshot
                continue
            if count:
                yield path, int(count)


def _among(person: Person) -> str:
    return "(" + ", ".join(str(int(number)) for number in person.numbers) + ")"
