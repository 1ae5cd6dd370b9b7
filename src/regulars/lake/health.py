"""What is wrong with a lake and how to mend it, for `regulars doctor`. Reads only."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from regulars.kernel.errors import RegularsError
from regulars.lake.migrations import MIGRATIONS
from regulars.lake.upkeep import needs_compaction

if TYPE_CHECKING:
    from regulars.lake.lake import Lake

_SPARE = 500_000_000  # bytes that should be free beyond what rewriting the largest table takes


@dataclass(frozen=True)
class Finding:
    """One thing found. `error`: figures cannot be trusted or made; `warning`: something to do; `fine`: as it should be."""

    level: Literal["fine", "warning", "error"]
    what: str
    do: str = ""


def check(lake: Lake) -> list[Finding]:
    """Everything found in a lake; all findings are `fine` in a healthy one."""
    try:
        manifest = lake.manifest()
    except RegularsError as broken:
        return [Finding("error", broken.what, broken.do)]
    tables = manifest.tables
    found = [
        Finding("fine", f"Version {manifest.version} of {manifest.published}, {len(tables)} tables."),
        *_schema(lake),
        *_lock(lake),
        *_definitions(lake),
    ]
    for name in tables:
        found += _table(lake, name)
    return [*found, *_space(lake)]


def _schema(lake: Lake) -> Iterator[Finding]:
    have = lake.manifest().schema
    if have > len(MIGRATIONS):
        yield Finding("error", "A later release changed this lake.", "Update: pip install -U regulars")
    elif have < len(MIGRATIONS):
        yield Finding("warning", f"{len(MIGRATIONS) - have} migrations are due.", "Run the next import.")


def _lock(lake: Lake) -> Iterator[Finding]:
    holder, held = lake.lock.holder()
    if held:
        yield Finding(
            "warning", f"The lake is being written by {holder or 'another process'}.", "Wait for it."
        )
    elif holder is not None:
        yield Finding(
            "warning",
            f"An import was broken off ({holder}).",
            "Run it again: what it left is taken back first.",
        )


def _definitions(lake: Lake) -> Iterator[Finding]:
    try:
        digest = lake.definitions().digest()
    except RegularsError as wrong:
        yield Finding("error", f"{wrong.where}: {wrong.what}", wrong.do)
        return
    if digest != lake.manifest().definitions:
        yield Finding(
            "warning", "definitions.toml was changed by hand.",
            "This is allowed. If markets or zones changed, import again or rewrite the markets.",
        )  # fmt: skip


def _table(lake: Lake, name: str) -> Iterator[Finding]:
    if name not in lake.tables:
        yield Finding("error", f"The table {name} is unknown here.", "Update: pip install -U regulars")
        return
    store, state = lake.store(name), lake.manifest().tables[name]
    try:
        files = store.files(state.version)
    except RegularsError as broken:
        yield Finding("error", broken.what, broken.do)
        return
    lost = [f.name for f in files if not _is_whole(store.folder / f.name, f.bytes)]
    if lost:
        missing = "a file is" if len(lost) == 1 else f"{len(lost)} files are"
        yield Finding(
            "error", f"{name}: {missing} missing or cut short, such as {lost[0]}.",
            f"Restore {store.folder} from a backup, or import again into a new lake.",
        )  # fmt: skip
    if store.latest() > state.version and store.files() != files:
        yield Finding(
            "warning", f"{name}: rows were written but not published.", "The next import takes them back."
        )
    if needs_compaction(state):
        how = f"its rows lie in {state.files} small files" if state.sorted else "its rows are not sorted"
        yield Finding("warning", f"{name}: {how}, which makes figures slower.", "Compact the lake.")


def _is_whole(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False


def _space(lake: Lake) -> Iterator[Finding]:
    free = shutil.disk_usage(lake.path).free
    largest = max((state.bytes for state in lake.manifest().tables.values()), default=0)
    if free < largest + _SPARE:
        yield Finding("warning", f"Only {free / 1e9:.1f} GB are free.", "Vacuum the lake or free some space.")
    else:
        yield Finding("fine", f"{free / 1e9:.1f} GB are free.")
