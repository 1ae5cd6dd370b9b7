"""Texts of the platform: gettext .po files, compiled when the site starts, so that there is no build step."""

from __future__ import annotations

import hashlib
import os
import re
from importlib.resources import files
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PSEUDO = "ar-xb"
_ACCENTS = str.maketrans("aeiouAEIOUncsy", "åéîöûÅÉÎÖÛñçšý")


def compiled_locale(cache: Path) -> Path:
    """The folder with compiled texts of this release below `cache`; compiled once, by whoever comes first."""
    sources = {
        item.name: item.joinpath("platform.po").read_bytes()
        for item in files("regulars.platform").joinpath("locale").iterdir()
        if item.joinpath("platform.po").is_file()
    }
    digest = hashlib.sha256(
        b"".join(name.encode() + text for name, text in sorted(sources.items()))
    ).hexdigest()[:16]
    folder = cache / digest
    for name, text in sources.items():
        _write(folder / name.replace("-", "_") / "LC_MESSAGES" / "django.mo", name, text)
    _write_pseudo(folder, sources)
    return folder


def _write(path: Path, language: str, source: bytes) -> None:
    if path.exists():
        return
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(source), locale=language))
    _put(path, compiled.getvalue())


def _write_pseudo(folder: Path, sources: dict[str, bytes]) -> None:
    """A made-up right-to-left language in which every text that goes through gettext is marked: what is not, shows."""
    path = folder / "ar_XB" / "LC_MESSAGES" / "django.mo"
    if path.exists() or not sources:
        return
    catalogue = read_po(BytesIO(next(iter(sources.values()))))
    for message in catalogue:
        if not message.id:
            continue
        if isinstance(message.id, tuple):
            message.string = tuple(pseudo(text) for text in message.id)
        else:
            message.string = pseudo(message.id)
        message.flags.discard("fuzzy")
    catalogue.locale = None
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    _put(path, compiled.getvalue())


def pseudo(text: str) -> str:
    """`Customers` as `⟦Çûštömérš⟧`; what stands in braces, percent signs or tags stays as it is."""
    parts = re.split(r"(%\([^)]*\)[sd]|%[sd%]|\{[^}]*\}|<[^>]*>|&\w+;)", text)
    return "⟦" + "".join(part if i % 2 else part.translate(_ACCENTS) for i, part in enumerate(parts)) + "⟧"


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(content)
    fresh.replace(path)
