"""What the import says is said in the report's language, with its numbers."""

from regulars.report.phrases import said
from regulars.report.texts import words
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
