"""The customers table: who referred whom, where they came from, birthdays; and invitations to answer."""

from __future__ import annotations

from datetime import date

import pytest

MAPPING = """
[files]
people = "people*.csv"
answers = "answers*.csv"

[[facts]]
table = "customers"
file = "people"
[facts.columns]
customer_id = "id"
email = "mail"
first_seen = "since"
acquisition_channel = "came"
referred_by = "by"
birthday = "born"

[[facts]]
table = "feedback"
file = "answers"
[facts.columns]
feedback_id = "nr"
customer_id = "id"
at = "when"
kind = { column = "what", values = { asked = "invitation", answered = "nps" } }
survey = "survey"
score = "score"
scale_low = { value = "0" }
scale_high = { value = "10" }
"""
PEOPLE = """id,mail,since,came,by,born
a,kari@fjell.no,2024-05-01,search,,1961-03-02
b,ola@fjell.no,2025-01-02,friend,a,--12-24
c,eva@fjell.no,2025-01-03,friend,KARI@fjell.no,7.6.1990
d,bo@fjell.no,2025-01-04,friend,d,yesterday
e,liv@fjell.no,2025-01-05,friend,zz,13-40
"""
ANSWERS = """nr,id,when,what,survey,score
1,a,2026-01-01 10:00:00,asked,winter,
2,a,2026-01-02 10:00:00,answered,winter,9
3,b,2026-01-01 10:00:00,asked,winter,
"""


@pytest.fixture
def people(run, write):
    return run(write("people.csv", PEOPLE), write("answers.csv", ANSWERS), mapping=write("m.toml", MAPPING))


def test_who_referred_is_a_customer_number_by_id_or_by_e_mail(people):
    kari = people.one("SELECT customer FROM customers WHERE birth_month = 3")[0]
    found = people.rows("SELECT referred_by FROM customers WHERE referred_by IS NOT NULL ORDER BY first_seen")
    assert found[:2] == [(kari,), (kari,)]


def test_nobody_refers_themselves_and_a_referrer_may_be_unknown_so_far(people):
    query = "SELECT referred_by IS NOT NULL, referred_by IN (SELECT customer FROM customers) FROM customers ORDER BY first_seen"
    assert people.rows(query)[3:] == [(False, None), (True, False)]


def test_an_id_that_looks_like_an_address_is_an_id(run, write):
    text = "id,mail,since,came,by,born\na@x.no,,2024-05-01,,,\nb@x.no,,2024-05-02,,a@x.no,\n"
    result = run(write("people.csv", text), mapping=write("m.toml", MAPPING))
    assert result.one("SELECT count(*) FROM customers c JOIN customers r ON r.customer = c.referred_by") == (
        1,
    )


def test_a_birthday_keeps_no_year_and_an_impossible_one_is_not_known(people):
    rows = people.rows("SELECT birth_month, birth_day FROM customers ORDER BY first_seen")
    assert rows == [(3, 2), (12, 24), (6, 7), (None, None), (None, None)]


def test_first_day_and_channel_stand_as_they_were_given(people):
    row = people.one("SELECT first_seen, acquisition_channel FROM customers ORDER BY first_seen LIMIT 1")
    assert row == (date(2024, 5, 1), "search")


def test_invitations_stand_beside_the_answers(people):
    rows = people.rows("SELECT kind, count(*), count(DISTINCT customer) FROM feedback GROUP BY 1 ORDER BY 1")
    assert rows == [("invitation", 2, 2), ("nps", 1, 1)]
