"""Files to read and a fresh engine for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from regulars.kernel.definitions import Definitions
from regulars.lake.engines import DuckEngine
from regulars.sources import Loaded, LoadOptions, SourceFile, load

Load = Callable[..., "Result"]


class Result:
    """A finished load with its engine, to ask what came out."""

    def __init__(self, engine: DuckEngine, loaded: Loaded) -> None:
        self.engine, self.loaded, self.summary = engine, loaded, loaded.summary

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.engine.con.execute(query).fetchall()

    def one(self, query: str) -> tuple[Any, ...]:
        return self.rows(query)[0]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write a text file and return its path."""

    def make(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return make


@pytest.fixture
def run() -> Iterator[Load]:
    """Load files: paths, or (source, path)."""
    engines: list[DuckEngine] = []

    def make(
        *files: Path | tuple[str, Path], definitions: Definitions | None = None, **options: Any
    ) -> Result:
        named = [SourceFile(f[1], f[0]) if isinstance(f, tuple) else SourceFile(f) for f in files]
        engines.append(DuckEngine(threads=2))
        loaded = load(
            engines[-1], named, definitions=definitions or Definitions(), options=LoadOptions(**options)
        )
        return Result(engines[-1], loaded)

    yield make
    for engine in engines:
        engine.close()
