"""Names of files and sources as people give them, made safe."""

from __future__ import annotations

import re
from collections.abc import Sequence

_ODD = re.compile(r"[^\w .()+-]")
_SOURCE = re.compile(r"[\w.-]{1,60}")
DEFAULT_SOURCE = "shop"


def safe_name(name: str) -> str:
    """A file name without folders and without signs that a file system minds, at most 120 characters long."""
    bare = _ODD.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip(" .")
    stem, dot, ending = bare.rpartition(".")
    return f"{stem[:100]}{dot}{ending[:19]}" if dot else (bare[:120] or "file")


def told_apart(names: Sequence[str]) -> list[str]:
    """The names, with a number where one comes again: `orders.csv`, `orders (2).csv`."""
    used: set[str] = set()
    apart = []
    for name in names:
        stem, dot, ending = name.rpartition(".") if "." in name else (name, "", "")
        fresh, number = name, 1
        while fresh.casefold() in used:
            number += 1
            fresh = f"{stem} ({number}){dot}{ending}"
        used.add(fresh.casefold())
        apart.append(fresh)
    return apart


def is_source(name: str) -> bool:
    """Whether a text can be the name of a source."""
    return bool(_SOURCE.fullmatch(name))
