"""Every text of the platform is there in every language, with the same places to fill."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import regulars.platform
from regulars.platform.messages import collect

LOCALE = Path(regulars.platform.__file__).parent / "locale"
LANGUAGES = ("de", "nb", "ro")
_PLACES = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}|</?\w+[^>]*>")


def catalogue(language: str) -> dict[tuple[str, str | None], tuple[tuple[str, ...], tuple[str, ...]]]:
    """Ids and texts (all plural forms) by the message's singular and context."""
    with (LOCALE / language / "platform.po").open("rb") as file:
        read = read_po(file, locale=language)
    found = {}
    for message in read:
        if message.id:
            ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
            texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
            found[ids[0], message.context] = (tuple(ids), tuple(texts))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_missing(language: str) -> None:
    known = catalogue(language)
    wanted = {((text if isinstance(text, str) else text[0]), context) for text, context in collect()}
    assert sorted(text for text, context in wanted if (text, context) not in known) == []
    assert sorted(key[0] for key, (_, texts) in known.items() if not all(texts)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_places_to_fill_are_the_same(language: str) -> None:
    wrong = []
    for ids, texts in catalogue(language).values():
        wanted = set(_PLACES.findall(ids[-1])) | set(_PLACES.findall(ids[0]))
        always = set(_PLACES.findall(ids[-1]))
        for text in texts:
            places = set(_PLACES.findall(text))
            # A singular may leave out the number; nothing may be filled that the English text does not have.
            if not places <= wanted or (text == texts[-1] and places != always):
                wrong.append((ids[0], text))
    assert wrong == []
