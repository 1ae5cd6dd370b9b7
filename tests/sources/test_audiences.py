"""Exports of a mail tool's audience: who subscribed is told from who never did by the file's name alone."""

from __future__ import annotations

import pytest

from regulars.kernel.errors import InputError

AUDIENCE = "Email Address,First Name,OPTIN_TIME,CONFIRM_TIME,CC,LEID,EUID\na@example.org,Anna,,2026-03-01 10:00:00,DE,1,x\n"


def test_the_file_of_subscribers_is_known(run, write):
    found = run(write("subscribed_email_audience_export_1.csv", AUDIENCE), format="mailchimp")
    assert found.one("SELECT count(*) FROM customers") == (1,)


@pytest.mark.parametrize("name", ["nonsubscribed_email_audience_export_1.csv", "cleaned_1.csv", "people.csv"])
def test_another_is_not_read_as_subscribers_even_where_the_format_is_named(run, write, name):
    with pytest.raises(InputError, match="subscribed_"):
        run(write(name, AUDIENCE), format="mailchimp")
