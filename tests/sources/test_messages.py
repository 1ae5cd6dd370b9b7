"""What an import says has a fixed form with values, so that a report can say it in other languages."""

from __future__ import annotations

import copy
import re

import pytest

from regulars.sources.messages import LEFT_OUT, MESSAGES, REJECTED, Message, said, understood

SAMPLES = {"field": "total", "words": "active, trial", "fields": "3", "width": "5", "most": "1,000"}
BAD = "order_id,date,amount,currency,customer\n1,2026-01-02,ten,NOK,a\n2,tomorrow,5,NOK,a\n3,2026-01-02,5,,a\n4,2026-01-02\n,2026-01-03,1,NOK,a\n5,2026-01-03,4,EUR,a\n6,2026-01-03,4,EUR,a\n"


@pytest.mark.parametrize("text", [*REJECTED, *LEFT_OUT])
def test_a_reason_is_understood_as_it_stands_in_the_rejects(text):
    values = {name: SAMPLES[name] for name in re.findall(r"{(\w+)}", text)}
    found = understood(Message(text, **values))
    assert isinstance(found, Message)
    assert (found.text, found.values) == (text, values)


def test_a_reason_that_is_not_known_stays_as_it_is():
    assert understood("the moon is full") == "the moon is full"


def test_a_message_reads_as_its_sentence_and_names_its_file():
    message = said("orders.csv", Message("Rows: {rows}.", rows=1234))
    assert message == "orders.csv: Rows: 1,234."
    assert copy.deepcopy(message).values == {"rows": 1234}  # type: ignore[attr-defined]


def test_all_that_an_import_says_has_a_fixed_form(run, write):
    result = run(write("orders.csv", BAD))
    reasons = [one.reason for file in result.summary.files for one in file.rejected]
    spoken = [*reasons, *result.summary.warnings]
    assert len(spoken) >= 5
    assert [one for one in spoken if not isinstance(one, Message) or one.text not in MESSAGES] == []
