"""File names for DuckDB, which reads some signs as patterns."""

from __future__ import annotations

from pathlib import Path


def plain(path: Path) -> str:
    """The path so that DuckDB takes every sign of it literally: each sign of a pattern becomes a set of one."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path))
