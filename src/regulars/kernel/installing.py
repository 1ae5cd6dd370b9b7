"""How an optional part is installed from where this installation came."""

from __future__ import annotations

import json
import sys
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname


def install_command(extra: str) -> str:
    """The command that adds an extra to this very installation, to be run from anywhere."""
    return f"{sys.executable} -m pip install {with_extra(extra, _origin())}"


def with_extra(extra: str, origin: dict[str, Any]) -> str:
    """What pip is to be given. `origin`: what it noted of where the package came from (PEP 610), empty for an index."""
    url = urlsplit(str(origin.get("url", "")))
    if url.scheme != "file":
        return f"'regulars[{extra}]'"
    editable = "--editable " if origin.get("dir_info", {}).get("editable") else ""
    return f"{editable}'{url2pathname(url.path)}[{extra}]'"


def _origin() -> dict[str, Any]:
    try:
        text = distribution("regulars").read_text("direct_url.json")
    except PackageNotFoundError:
        return {}
    found: dict[str, Any] = json.loads(text) if text else {}
    return found
