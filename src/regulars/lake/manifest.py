"""Manifests: numbered files, each naming one Delta version of every table. A reader sees only what a manifest names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from regulars.kernel.definitions import SourceCoverage, as_plain
from regulars.kernel.errors import LakeError
from regulars.lake.durable import replace_file

_PREDICTED = ("scores",)  # tables that are made from the others
FORMAT = 1  # of the lake's layout; a lake with a higher one was made by a later release


@dataclass(frozen=True)
class TableState:
    """A table as one manifest names it. `version` is the Delta version, `bytes` what its files take on disk."""

    version: int
    rows: int
    files: int
    bytes: int
    sorted: bool = True


@dataclass(frozen=True)
class Manifest:
    """One version of the lake. `schema` is the number of the last migration that was applied.

    `definitions` is the digest of those in force, `run` names the writer.
    """

    version: int
    published: str
    tables: Mapping[str, TableState] = field(default_factory=dict)
    coverage: tuple[SourceCoverage, ...] = ()
    definitions: str | None = None
    note: str = ""
    run: str = ""
    schema: int = 0
    format: int = FORMAT

    @property
    def facts(self) -> object:
        """What figures are computed from; equal for versions that differ in predictions alone."""
        tables = {name: state for name, state in self.tables.items() if name not in _PREDICTED}
        return tables, self.coverage, self.definitions, self.schema

    def to_json(self) -> str:
        plain = asdict(self) | {"coverage": as_plain(self.coverage)}
        return json.dumps(plain, indent=1, sort_keys=True) + "\n"

    @staticmethod
    def from_json(text: str, where: str) -> Manifest:
        """Raises LakeError where the text is no manifest, or that of a later release."""
        try:
            plain = json.loads(text)
            if plain["format"] > FORMAT:
                raise LakeError(
                    f"This lake has format {plain['format']}; this release reads up to {FORMAT}.",
                    where=where, do="Update: pip install -U regulars",
                )  # fmt: skip
            plain["tables"] = {name: TableState(**state) for name, state in plain["tables"].items()}
            plain["coverage"] = tuple(_coverage(item) for item in plain["coverage"])
            return Manifest(**plain)
        except (ValueError, TypeError, KeyError) as broken:
            raise LakeError(
                "The manifest cannot be read.", where=where, do="Restore it from a backup of the lake."
            ) from broken


def _coverage(plain: dict[str, object]) -> SourceCoverage:
    days = {name: date.fromisoformat(str(plain[name])) for name in ("first", "last") if name in plain}
    return SourceCoverage(str(plain["source"]), opened=bool(plain.get("opened")), **days)


class Manifests:
    """The folder of manifests of a lake."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def versions(self) -> list[int]:
        """All kept versions, oldest first."""
        return sorted(int(path.stem) for path in self.folder.glob("[0-9]*.json"))

    def latest(self) -> int:
        versions = self.versions()
        if not versions:
            raise LakeError(
                "No manifest was found; this is no lake.", where=str(self.folder),
                do="Name the folder that was given to `regulars import`.",
            )  # fmt: skip
        return versions[-1]

    def read(self, version: int) -> Manifest:
        path = self.path(version)
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise LakeError(
                f"The lake has no version {version}.", where=str(self.folder.parent),
                do=f"Kept are {', '.join(map(str, self.versions()[-10:]))}.",
            ) from None  # fmt: skip
        return Manifest.from_json(text, str(path))

    def publish(self, manifest: Manifest) -> None:
        """Make a manifest the newest. Only the holder of the writer's lock may call this."""
        path = self.path(manifest.version)
        if path.exists():
            raise LakeError(f"Version {manifest.version} is there already.", where=str(path))
        replace_file(path, manifest.to_json())

    def drop(self, version: int) -> None:
        """Forget a version, so that the files that only it names may go."""
        self.path(version).unlink()

    def path(self, version: int) -> Path:
        return self.folder / f"{version:08d}.json"


def merged_coverage(
    old: tuple[SourceCoverage, ...], new: tuple[SourceCoverage, ...]
) -> tuple[SourceCoverage, ...]:
    """Coverage after an import: each source from its earliest to its latest day."""
    found = {item.source: item for item in old}
    for item in new:
        before = found.get(item.source)
        firsts = [c.first for c in (before, item) if c and c.first]
        lasts = [c.last for c in (before, item) if c and c.last]
        found[item.source] = SourceCoverage(
            item.source,
            min(firsts, default=None),
            max(lasts, default=None),
            item.opened or bool(before and before.opened),
        )
    return tuple(found[name] for name in sorted(found))
