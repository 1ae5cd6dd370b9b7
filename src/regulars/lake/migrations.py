"""Numbered changes of a lake's tables beyond new nullable columns, which need none: files without them read as null."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from regulars.kernel.progress import Progress, silent
from regulars.lake.engines.duck import DuckEngine
from regulars.lake.writer import Writer, writing

if TYPE_CHECKING:
    from regulars.lake.lake import Lake


@dataclass(frozen=True)
class Migration:
    """One change. `apply` writes through the writer; all facts stand in the connection as views of the same names."""

    doc: str
    apply: Callable[[Writer, duckdb.DuckDBPyConnection], None]


# In the order in which they were released; a lake's manifest says how many it has had. Never change one: add one.
MIGRATIONS: tuple[Migration, ...] = ()


def migrate(
    lake: Lake, *, migrations: tuple[Migration, ...] = MIGRATIONS, progress: Progress = silent
) -> list[str]:
    """Bring a lake up to date, each migration as one version. Returns what was done; nothing where it is up to date."""
    done: list[str] = []
    with writing(lake, progress=progress) as writer:
        for number in range(lake.manifest().schema, len(migrations)):
            migration = migrations[number]
            progress(migration.doc, number / len(migrations))
            engine = DuckEngine(progress=progress)
            try:
                lake.bind(engine)
                migration.apply(writer, engine.con)
            finally:
                engine.close()
            writer.publish(note=f"migration {number + 1}: {migration.doc}", schema=number + 1)
            done.append(migration.doc)
    return done
