"""The facts: open files that any engine reads, written by one writer at a time, seen in whole versions."""

from regulars.lake.lake import Lake
from regulars.lake.manifest import Manifest, TableState
from regulars.lake.writer import Change, Writer

__all__ = ["Change", "Lake", "Manifest", "TableState", "Writer"]
