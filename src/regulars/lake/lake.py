"""The lake: open files in a folder, of which readers see whole versions only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

from regulars.kernel.definitions import Definitions, SourceCoverage
from regulars.kernel.errors import LakeError
from regulars.kernel.progress import Progress, silent
from regulars.lake import health, markets, upkeep
from regulars.lake.engines import Engine
from regulars.lake.engines.parquet import rows_of
from regulars.lake.lock import WriterLock
from regulars.lake.manifest import Manifest, Manifests
from regulars.lake.migrations import MIGRATIONS, migrate
from regulars.lake.settings import Settings
from regulars.lake.store import Store, disk_errors
from regulars.lake.tables import TABLES, Table
from regulars.lake.writer import Writer, refuse_newer_schema, writing

_FOLDERS = ("manifests", "tables", "definitions")


class Lake:
    """A lake in a folder. Reading needs no lock: a version, once published, stays as it is until it is vacuumed."""

    def __init__(self, path: str | Path, *, tables: Mapping[str, Table] = TABLES) -> None:
        self.path = Path(path).absolute()
        self.tables = tables
        self.manifests = Manifests(self.path / "manifests")
        self.settings = Settings(self.path)
        self.lock = WriterLock(self.path / "writer.lock")

    @staticmethod
    def create(path: str | Path) -> Lake:
        """Make an empty lake, version 0, in a folder that is new or empty. Raises LakeError otherwise."""
        lake = Lake(path)
        ours = {*_FOLDERS, "writer.lock"}  # a creation that was broken off may be begun again
        if lake.path.is_dir() and any(item.name not in ours for item in lake.path.iterdir()):
            raise LakeError(
                "The folder is not empty.", where=str(lake.path), do="Name a new one for the lake."
            )
        with disk_errors(lake.path):
            for name in _FOLDERS:
                (lake.path / name).mkdir(parents=True, exist_ok=True)
            if not lake.manifests.versions():
                digest = lake.settings.remember(Definitions())
                published = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
                lake.manifests.publish(
                    Manifest(0, published, definitions=digest, note="created", schema=len(MIGRATIONS))
                )
                lake.settings.use(Definitions())
        return lake

    @staticmethod
    def open(path: str | Path) -> Lake:
        """The lake in a folder. Raises LakeError where there is none, or that of a later release."""
        lake = Lake(path)
        refuse_newer_schema(lake.manifest(), len(MIGRATIONS), str(lake.path))
        return lake

    @staticmethod
    def is_lake(path: str | Path) -> bool:
        """Whether a folder holds a lake."""
        return bool(Manifests(Path(path) / "manifests").versions())

    @property
    def version(self) -> int:
        """The number of the newest version."""
        return self.manifests.latest()

    def manifest(self, version: int | None = None) -> Manifest:
        """What a version (None: the newest) names. Raises LakeError where it is not kept."""
        return self.manifests.read(self.manifests.latest() if version is None else version)

    def facts_version(self) -> int:
        """The first kept version with the facts of the newest: those after it brought predictions alone.

        What is computed from facts stays right over such versions.
        """
        found = newest = self.manifest()
        for version in reversed(self.manifests.versions()[:-1]):
            before = self.manifest(version)
            if before.facts != newest.facts:
                break
            found = before
        return found.version

    def history(self) -> list[Manifest]:
        """All kept versions, newest first."""
        return [self.manifests.read(version) for version in reversed(self.manifests.versions())]

    def coverage(self, version: int | None = None) -> tuple[SourceCoverage, ...]:
        """The first and last local day that each source's data covers, both included."""
        return self.manifest(version).coverage

    def files(self, table: str, version: int | None = None) -> list[str]:
        """The Parquet files of a table in a version, as absolute paths; none where nothing was ever written."""
        state = self.manifest(version).tables.get(table)
        return self.store(table).paths(state.version) if state else []

    def select(self, table: str, version: int | None = None) -> str:
        """A SELECT for DuckDB of a table's rows in a version, with all columns: null where a file lacks them."""
        return rows_of(self.tables[table], self.files(table, version))

    def bind(self, engine: Engine, version: int | None = None) -> int:
        """Make every fact table known to an engine, empty where nothing is there. Returns the version's number."""
        manifest = self.manifest(version)
        for name, table in self.tables.items():
            state = manifest.tables.get(name)
            engine.bind(table, self.store(name).paths(state.version) if state else [])
        return manifest.version

    def definitions(self, digest: str | None = None) -> Definitions:
        """The definitions in force, or earlier ones by their digest. Raises LakeError for an unknown digest."""
        return self.settings.current() if digest is None else self.settings.find(digest)

    def set_definitions(self, definitions: Definitions, *, note: str = "definitions changed") -> int:
        """Put definitions into force, as a version of their own. Returns its number.

        Where markets or zones changed, the facts follow with `rewrite_markets`.
        """
        with self.writer() as writer:
            return writer.publish(definitions=definitions, note=note)

    def writer(
        self, *, progress: Progress = silent, timeout: float | None = None
    ) -> AbstractContextManager[Writer]:
        """`with lake.writer() as writer:` waits for the lock, at most `timeout` seconds (None: for ever).

        Migrations that a newer release brought are run first, each as a version of its own.
        """
        if self.manifest().schema < len(MIGRATIONS):
            migrate(self, progress=progress)
        return writing(self, progress=progress, timeout=timeout)

    def compact(self, *, progress: Progress = silent) -> int:
        """Sort tables by customer and join small files where needed; returns the lake's version."""
        return upkeep.compact(self, progress=progress)

    def vacuum(self, *, keep: int = 10, progress: Progress = silent) -> upkeep.Removed:
        """Forget all but the newest `keep` versions and remove the files that none of these names."""
        return upkeep.vacuum(self, keep=keep, progress=progress)

    def erase(self, customers: Iterable[int], *, progress: Progress = silent) -> int:
        """Erase customers, by all their numbers, and all older versions; returns the lake's version."""
        return upkeep.erase(self, customers, progress=progress)

    def rewrite_markets(self, definitions: Definitions, *, progress: Progress = silent) -> int:
        """Put definitions into force and recompute market and local day of all facts; returns the lake's version."""
        return markets.rewrite_markets(self, definitions, progress=progress)

    def check(self) -> list[health.Finding]:
        """What is wrong with the lake and how to mend it."""
        return health.check(self)

    def store(self, table: str) -> Store:
        """The storage of one fact table."""
        return Store(self.path / "tables" / table, self.tables[table])

    def named_files(self) -> set[Path]:
        """All files that some kept version names."""
        states = {(name, state.version) for m in self.history() for name, state in m.tables.items()}
        return {Path(path) for name, version in states for path in self.store(name).paths(version)}
