"""What the import says is said in the report's language, with its numbers."""

from regulars.report.phrases import said
from regulars.report.texts import words
from regulars.sources.field_words import BY_FORMAT, BY_ITS_NAME, FIELD_WORDS, wording
from regulars.sources.mapping.fields import FED, LINE_FIELDS, fields_of
from regulars.sources.messages import CHANGED, MISSING, Message


def test_a_warning_is_said_in_the_report_s_language() -> None:
    text = said(Message(CHANGED, documents=1234), words("de"))
    assert text.startswith("Belege, die in mehreren Dateien mit verschiedenem Inhalt stehen: 1.234.")


def test_a_reason_fills_its_place() -> None:
    assert said(Message(MISSING, field="total"), words("nb")) == "total mangler"


def test_the_file_stands_before_it() -> None:
    assert said(Message(MISSING, "o.csv", field="total"), words("ro")) == "o.csv: lipsește total"


def test_a_text_of_another_kind_stays() -> None:
    assert said("as it is", words("de")) == "as it is"


def test_what_a_column_was_taken_for_and_why_is_said_too() -> None:
    assert said(wording("email"), words("de")) == "die E-Mail des Kunden"
    assert said(Message(BY_FORMAT, format="shopify"), words("nb")) == "formatet shopify"
    assert said(BY_ITS_NAME, words("ro")) == "numelui"


def test_every_field_has_its_words() -> None:
    fields = {name for table in FED for name in fields_of(table)} | set(LINE_FIELDS)
    assert fields == set(FIELD_WORDS)
