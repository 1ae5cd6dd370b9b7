"""The report's charts on pages: drawn once as SVG for a content, a language and a width, then read from the cache."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from regulars import __version__
from regulars.charts import Look, Words

if TYPE_CHECKING:
    import altair as alt

DESK, PHONE = 880, 350
Rows = list[dict[str, Any]]
_DRAWING = Lock()  # Altair is no library for several threads, and who comes second finds the chart drawn


@dataclass(frozen=True)
class Picture:
    """`wide` and `narrow` SVG (None: the wide one serves both), and the same in a sentence."""

    wide: SafeString
    narrow: SafeString | None
    summary: str


def movement(rows: Rows, w: Words, title: str) -> Picture | None:
    """Won and lost by month: `start`, `won`, `kept`, `lost`, `complete`. None with fewer than three complete months."""
    if sum(1 for row in rows if row["complete"]) < 3:
        return None
    from regulars import charts  # noqa: PLC0415 - Altair is slow to load, and most pages have its charts drawn already

    return picture(
        "movement",
        rows,
        w,
        title,
        lambda: charts.movement_summary(rows, w),
        lambda look: charts.movement(rows, look),
    )


def markets(rows: Rows, overall: Decimal | None, w: Words, title: str) -> Picture | None:
    """Markets side by side, in per cent: `name`, `value`, `low`, `high`, `customers`, `small`."""
    if len(rows) < 2:
        return None
    from regulars import charts  # noqa: PLC0415 - see above

    mean = None if overall is None else float(overall)
    return picture(
        "markets", [*rows, {"overall": mean}], w, title,
        lambda: charts.markets_summary(rows, w), lambda look: charts.markets(rows, mean, look),
    )  # fmt: skip


def picture(
    name: str,
    content: Any,
    w: Words,
    title: str,
    summary: Callable[[], str],
    draw: Callable[[Look], alt.LayerChart],
) -> Picture:
    """A chart of the report from the cache, or drawn and put there. `content`, all that it shows, decides its name, so it
    never grows old. `draw` loads Altair, which is slow: only inside it, since most pages have their charts drawn already.
    """
    text = json.dumps([__version__, name, content, w.language, title], default=str, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:24]
    folder = settings.SITE.cache / "charts"
    kept = folder / f"{digest}.json"
    found = _kept(kept)
    if found is None:
        with _DRAWING:
            found = _kept(kept)  # who waited finds it drawn
            if found is None:
                found = _drawn(name, title, summary(), w, draw)
                with suppress(OSError):  # a full disk: it is drawn again next time
                    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                    fresh = kept.with_suffix(f".{os.getpid()}")
                    fresh.write_text(json.dumps(found), encoding="utf-8")
                    fresh.replace(kept)
    # Made by this program alone, from escaped texts.
    return Picture(mark_safe(found["wide"]), mark_safe(found["narrow"]), found["summary"])


def _kept(path: Path) -> dict[str, str] | None:
    try:
        found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return found


def _drawn(
    name: str, title: str, summary: str, w: Words, draw: Callable[[Look], alt.LayerChart]
) -> dict[str, str]:
    if "pandas" in sys.modules:
        # Altair asks for its types where it finds it, also while another thread is still importing it: wait for the end.
        importlib.import_module("pandas")
    from altair.utils.schemapi import debug_mode  # noqa: PLC0415 - see above

    from regulars.report.svg import inline  # noqa: PLC0415 - see above

    with debug_mode(False):
        wide = inline(draw(Look(w, DESK)), name, title, summary)
        narrow = inline(draw(Look(w, PHONE)), f"{name}-phone", title, summary)
    return {"wide": str(wide), "narrow": str(narrow), "summary": summary}
