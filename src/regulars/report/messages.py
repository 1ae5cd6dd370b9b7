"""Every text that a language has to have, and a tool that brings a language's file up to date.

`python -m regulars.report.messages de` adds what is missing to `locale/de/report.po` (empty, to be translated) and
drops what is no longer used; a new language gets a new file.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from regulars.metrics.catalogue import FIGURES
from regulars.metrics.rfm_scores import GROUPS
from regulars.sources import MESSAGES

_PACKAGE = Path(__file__).parent
_KEYWORDS = {"t": None, "n": (1, 2)}  # Words.t and Words.n
_METHODS = [("**.py", "python"), ("templates/**.j2", "jinja2")]
_OPTIONS = {"templates/**.j2": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}

# A text, or its singular and plural.
Message = str | tuple[str, str]


def collect() -> dict[Message, str]:
    """All messages with where they stand: those of report, charts and predictions, the figures' names, what an import says."""
    found: dict[Message, str] = {}
    for folder in ("charts", "prediction", "report"):
        root = _PACKAGE.parent / folder
        for file, line, message, _, _ in extract_from_dir(root, _METHODS, _OPTIONS, _KEYWORDS):
            key: Message = (message[0], message[1]) if isinstance(message, tuple) else message
            found.setdefault(key, f"{folder}/{Path(file).as_posix()}:{line}")
    singular = {key[0] if isinstance(key, tuple) else key for key in found}
    for text, where in (*_from_metrics(), *((text, "what the import says") for text in MESSAGES)):
        if text and text not in singular:
            found.setdefault(text, where)
    return found


def _from_metrics() -> list[tuple[str, str]]:
    texts = []
    for figure in FIGURES.values():
        texts += [(text, f"figure {figure.slug}") for text in (figure.name, figure.words, figure.note)]
    return texts + [(name, f"RFM group {slug}") for slug, name in GROUPS]


def update(language: str, folder: Path = _PACKAGE / "locale") -> Catalog:
    """The language's catalogue with exactly the messages of today, translations kept; written to its file."""
    path = folder / language / "report.po"
    old = Catalog(locale=language)
    if path.exists():
        with path.open("rb") as file:
            old = read_po(file, locale=language)
    new = Catalog(
        locale=language, project="Regulars", version="1", fuzzy=False, charset="utf-8",
        header_comment=f"# The report in '{language}'. Part of Regulars, under its licence.",
        msgid_bugs_address="the project's issues", creation_date=old.creation_date,
        revision_date=old.creation_date, last_translator="The Regulars contributors", language_team=language,
    )  # fmt: skip
    for message, where in collect().items():
        known = old.get(message[0] if isinstance(message, tuple) else message)
        same = known is not None and known.pluralizable == isinstance(message, tuple)
        new.add(
            message,
            known.string if known is not None and same else None,
            auto_comments=[where.rpartition(":")[0] or where],
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, new, width=110, omit_header=False, sort_output=False)
    return new


if __name__ == "__main__":
    for name in sys.argv[1:]:
        update(name)
