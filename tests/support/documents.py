"""The fenced examples of a document, in order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(
    r"(?:<!-- not run: (?P<reason>[^\n]+?) -->\n)?^```(?P<kind>sh|python)\n(?P<text>.*?)^```$", re.M | re.S
)


@dataclass(frozen=True)
class Block:
    """One example: `kind` is sh or python; `reason` says why it is not run, where it is not."""

    kind: str
    text: str
    line: int
    reason: str | None


def blocks(document: Path) -> list[Block]:
    """All shell and Python examples. One that is not run has `<!-- not run: why -->` on the line before."""
    text = document.read_text(encoding="utf-8")
    return [
        Block(m["kind"], m["text"], text.count("\n", 0, m.start("kind")) + 1, m["reason"])
        for m in _FENCE.finditer(text)
    ]
