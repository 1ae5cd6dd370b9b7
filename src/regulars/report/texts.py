"""The report's languages: gettext .po files read as they stand, without a build step."""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations
from importlib.resources import files
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from regulars.charts.words import Words
from regulars.kernel.errors import InputError

# What the texts are written in (the message ids), then every language with a folder here.
LANGUAGES = ("en", "de", "nb", "ro")


def read_catalogue(language: str) -> Catalog:
    """The messages of one language as they stand in `locale/<language>/report.po`."""
    text = files("regulars.report").joinpath("locale", language, "report.po").read_bytes()
    return read_po(BytesIO(text), locale=language)


@cache
def words(language: str) -> Words:
    """Texts and formats of a language. English is the language of the message ids and needs no file."""
    if language not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise InputError(
            f"There is no report in '{language}'.", where="--lang", do=f"Choose one of: {known}."
        )
    if language == "en":
        return Words("en")
    compiled = BytesIO()
    write_mo(compiled, read_catalogue(language))
    compiled.seek(0)
    return Words(language, GNUTranslations(compiled))
