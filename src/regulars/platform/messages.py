"""Every text of the platform that a language has to have, and a tool that brings a language's file up to date.

`python -m regulars.platform.messages de` adds what is missing to `locale/de/platform.po` (empty, to be translated) and drops
what is no longer used; a new language gets a new file.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

_PACKAGE = Path(__file__).parent
_KEYWORDS: dict[str, Any] = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip

# A text, or its singular and plural; with what tells it from an equal text of another meaning, or None.
Message = tuple[str | tuple[str, str], str | None]


def collect() -> dict[Message, str]:
    """All messages of the platform's modules and templates, with the file that has each first."""
    found: dict[Message, str] = {}
    for path in sorted(_PACKAGE.rglob("*.py")):
        _take(found, path, path.read_bytes())
    for path in sorted((_PACKAGE / "web" / "templates").rglob("*.*")):
        _take(found, path, _as_python(path))
    return found


def _as_python(path: Path) -> bytes:
    """A template as the Python source that Django makes of it for such tools."""
    from django.utils.translation.template import templatize  # noqa: PLC0415 - only this tool needs it

    return templatize(path.read_text(encoding="utf-8"), origin=str(path)).encode()


def _take(found: dict[Message, str], path: Path, source: bytes) -> None:
    name = path.relative_to(_PACKAGE).as_posix()
    for text, context in _messages(source):
        singular = text if isinstance(text, str) else text[0]
        if singular:
            found.setdefault((text, context), name)


def _messages(source: bytes) -> Iterator[tuple[str | tuple[str, str], str | None]]:
    for _, message, _, context in extract(
        "python", BytesIO(source), keywords=_KEYWORDS, options={"encoding": "utf-8"}
    ):
        text = (message[0], message[1]) if isinstance(message, tuple) else message
        yield text, context


def update(language: str, folder: Path = _PACKAGE / "locale") -> Catalog:
    """The language's catalogue with exactly the messages of today, translations kept; written to its file."""
    path = folder / language / "platform.po"
    old = Catalog(locale=language)
    if path.exists():
        with path.open("rb") as file:
            old = read_po(file, locale=language)
    new = Catalog(
        locale=language, project="Regulars", version="1", fuzzy=False, charset="utf-8",
        header_comment=f"# The platform in '{language}'. Part of Regulars, under its licence.",
        msgid_bugs_address="the project's issues", creation_date=old.creation_date,
        revision_date=old.creation_date, last_translator="The Regulars contributors", language_team=language,
    )  # fmt: skip
    plural = {key[0][0] for key in collect() if isinstance(key[0], tuple)}
    for (text, context), where in collect().items():
        if isinstance(text, str) and text in plural:
            continue  # the plural message has it
        known = old.get(text[0] if isinstance(text, tuple) else text, context)
        same = known is not None and known.pluralizable == isinstance(text, tuple)
        new.add(
            text, known.string if known is not None and same else None, auto_comments=[where], context=context
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, new, width=110, omit_header=False, sort_output=False)
    return new


if __name__ == "__main__":
    for name in sys.argv[1:]:
        update(name)
