"""Files to facts, once through: read, map, stage, identify, settle, check, and for an import: publish."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from regulars.kernel.definitions import Definitions
from regulars.kernel.progress import Progress, silent
from regulars.lake.engines import DuckEngine
from regulars.sources.identity.resolver import Resolver
from regulars.sources.loading.options import Loaded, LoadOptions, SourceFile
from regulars.sources.loading.summary import ImportSummary


def load(
    engine: DuckEngine,
    files: Sequence[SourceFile],
    *,
    definitions: Definitions,
    resolver: Resolver | None = None,
    options: LoadOptions | None = None,
    progress: Progress = silent,
) -> Loaded:
    """Make the canonical tables of these files in the engine's own database. Nothing is stored elsewhere."""
    raise NotImplementedError


def import_into(
    lake: Any,
    files: Sequence[SourceFile],
    *,
    definitions: Definitions,
    resolver: Resolver | None = None,
    options: LoadOptions | None = None,
    progress: Progress = silent,
    dry_run: bool = False,
) -> ImportSummary:
    """Bring the files' facts into the lake. `resolver` None: the file beside the lake."""
    raise NotImplementedError
