"""A real Chromium, driven by Playwright; and axe, which knows what keeps people out of a page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import Any

_ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
)  # fmt: skip


def missing() -> str | None:
    """Why no browser can be driven here; None if one can."""
    if program() is None:
        return "Chromium is not installed (Debian: apt-get install chromium)"
    return None


def program() -> str | None:
    """The browser's path."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def opened() -> Iterator[Any]:
    """A running browser without a window."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where a browser is there

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=list(_ARGUMENTS), headless=True)
        try:
            yield browser
        finally:
            browser.close()


@cache
def axe() -> str:
    """axe-core's script."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def faults(page: Any) -> list[str]:
    """What axe finds serious or critical on the page as it stands, one line a fault.

    The script is put in by the browser's own debugging door, which the page's content policy does not concern.
    """
    page.evaluate(axe())
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{fault['id']} ({fault['impact']}): {node['target'][0]} - {node['failureSummary'].splitlines()[-1].strip()}"
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"][:3]
    ]
