"""Every language says everything: nothing missing, doubtful or left over, and every place is filled."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from regulars.kernel.errors import InputError
from regulars.report.messages import collect, update
from regulars.report.texts import LANGUAGES, read_catalogue, words

OTHERS = [language for language in LANGUAGES if language != "en"]
_PLACE = re.compile(r"{(\w+)}")


@pytest.fixture(scope="module")
def messages() -> set[str | tuple[str, str]]:
    return set(collect())


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_exactly_the_texts_of_today(
    language: str, messages: set[str | tuple[str, str]]
) -> None:
    known = {message.id for message in read_catalogue(language) if message.id}
    assert {"missing": messages - known, "left over": known - messages} == {
        "missing": set(),
        "left over": set(),
    }


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated_and_none_is_doubtful(language: str) -> None:
    catalogue = read_catalogue(language)
    empty = [m.id for m in catalogue if m.id and not all(_forms(m.string))]
    assert empty == []
    assert [m.id for m in catalogue if m.id and m.fuzzy] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_fills_the_same_places(language: str) -> None:
    wrong = [
        message.id
        for message in read_catalogue(language)
        if message.id
        for form in _forms(message.string)
        if set(_PLACE.findall(form)) != set(_PLACE.findall(_forms(message.id)[-1]))
    ]
    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_plural_has_all_forms_of_its_language(language: str) -> None:
    catalogue = read_catalogue(language)
    counts = {len(_forms(m.string)) for m in catalogue if isinstance(m.id, tuple)}
    assert counts == {catalogue.num_plurals}


def _forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return text if isinstance(text, tuple) else (text,)


@pytest.mark.parametrize(
    ("count", "written"), [(1, "1 client"), (2, "2 clienți"), (20, "20 de clienți"), (101, "101 clienți")]
)
def test_romanian_has_three_plural_forms(count: int, written: str) -> None:
    assert words("ro").n("{n} customer", "{n} customers", count) == written


def test_romanian_letters_have_commas_not_cedillas() -> None:
    texts = "".join("".join(_forms(m.string)) for m in read_catalogue("ro"))
    assert not set(texts) & set("şţŞŢ")
    assert {"ș", "ț", "ă", "â", "î"} <= set(texts)


def test_german_addresses_the_reader_formally() -> None:
    texts = " ".join(" ".join(_forms(m.string)) for m in read_catalogue("de"))
    assert not re.search(r"\b(du|dein|deine|deinen|dir|dich)\b", texts)


def test_an_unknown_language_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(InputError, match="en, de, nb, ro"):
        words("xx")


def test_the_tool_keeps_translations_and_adds_what_is_missing(tmp_path: Path) -> None:
    known = read_catalogue("de").get("Key figures")
    fresh = update("fr", tmp_path)
    assert isinstance(fresh, Catalog)
    assert known is not None and fresh.get("Key figures") is not None
    assert (tmp_path / "fr" / "report.po").read_text(encoding="utf-8").count("msgid") > 400
