"""Days, instants and zones, at the edges where they go wrong."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.kernel.errors import InputError
from regulars.sources.loading.clock import local_day, make_clock, place_in
from regulars.sources.reading.dates import detect_date_format, readable
from regulars.sources.reading.times import DateFormat, day_sql, instant_sql, local_sql
from regulars.sources.reading.zones import once_to_utc_sql, to_utc_sql

ZONES = [
    "Europe/Oslo",
    "America/Sao_Paulo",
    "America/New_York",
    "Asia/Kolkata",
    "Pacific/Auckland",
    "Africa/Casablanca",
]
few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
instants = st.datetimes(datetime.fromisoformat("1999-01-01"), datetime.fromisoformat("2038-01-01")).map(
    lambda t: t.replace(microsecond=0)
)


def one(con, sql, *values):
    return con.execute(f"SELECT {sql} FROM (SELECT $1 AS x)", list(values)).fetchall()[0][0]


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-01-02", "2026-01-01 23:00"), ("2026-07-02 10:00", "2026-07-02 08:00"), ("2026-01-02T10:00:00Z", "2026-01-02 10:00"),
        ("2026-01-02 10:00:00 +0900", "2026-01-02 01:00"), ("2026-01-02T10:00:00+05:30", "2026-01-02 04:30"),
        ("2026-01-02 10:00:00 UTC", "2026-01-02 10:00"), ("2026-01-02 10:00:00-03", "2026-01-02 13:00"),
        ("2026-03-29 02:30:00", "2026-03-29 01:30"), ("2026-10-25 02:30:00", "2026-10-25 00:30"),
    ],
)  # fmt: skip
def test_iso_instants_keep_their_offset_or_take_the_zone(value, text, utc):
    assert value(instant_sql("x", None, "Europe/Oslo"), text) == (datetime.fromisoformat(utc), False)


def test_the_day_of_an_instant_is_the_one_that_the_file_writes(value):
    assert value(day_sql("x"), "2026-01-02 23:30:00 +0900") == (date(2026, 1, 2), False)


@pytest.mark.parametrize(
    "text", ["0000-00-00", "0001-01-01", "9999-12-31", "2026-02-30", "soon", "1899-12-31 10:00"]
)
def test_impossible_dates_are_bad(value, text):
    assert value(day_sql("x"), text) == (None, True)
    assert value(instant_sql("x", None, "Europe/Oslo"), text) == (None, True)


@pytest.mark.parametrize(
    ("format", "text", "utc"),
    [
        (DateFormat("excel"), "45000.5", "2023-03-15 12:00"), (DateFormat("unix"), "1700000000", "2023-11-14 22:13:20"),
        (DateFormat("unix_ms"), "1700000000123", "2023-11-14 22:13:20.123"), (DateFormat("compact"), "19970101", "1997-01-01"),
        (DateFormat("dmy", "."), "2.1.2026 3:04", "2026-01-02 03:04"), (DateFormat("mdy", "/"), "1/2/2026 3:04 PM", "2026-01-02 15:04"),
        (DateFormat("mdy", "/", True), "1/2/26, 3:04\u202fPM", "2026-01-02 15:04"), (DateFormat("named"), "2. März 2026", "2026-03-02"),
        (DateFormat("pattern", pattern="%d|%m|%Y"), "02|01|2026", "2026-01-02"),
    ],
)  # fmt: skip
def test_other_forms_are_read(value, format, text, utc):
    assert value(instant_sql("x", format), text) == (datetime.fromisoformat(utc), False)
    assert value(local_sql("x", format), text) == (datetime.fromisoformat(utc), False)


def test_a_year_of_two_digits_where_four_are_expected_is_bad(value):
    assert value(day_sql("x", DateFormat("dmy", ".")), "2.1.26") == (None, True)


def test_an_offset_in_a_column_without_offsets_is_bad(value):
    assert value(local_sql("x", DateFormat()), "2026-01-02 10:00:00 +0900") == (None, True)


def form_of(con, *texts):
    con.execute("CREATE OR REPLACE TABLE t AS SELECT unnest($1) AS x", [list(texts)])
    return detect_date_format(con, "t", "x")


@pytest.mark.parametrize("language", ["en", "de", "nb", "ro", "fr", "pt_BR"])
@pytest.mark.parametrize("width", ["short", "medium", "long", "full"])
def test_dates_as_babel_writes_them_are_found_and_read(con, language, width):
    days = [date(2026, month, day) for month in range(1, 13) for day in (2, 27)]
    format = form_of(con, *(format_date(day, width, locale=language) for day in days))
    found = con.execute(f"SELECT {day_sql('x', format).value} FROM t").fetchall()
    assert sorted(row[0] for row in found) == days


def test_day_and_month_are_told_apart_by_any_value_of_the_column(con):
    assert form_of(con, *["01/02/2026"] * 5000, "13/02/2026").order == "dmy"
    assert form_of(con, *["01/02/2026"] * 5000, "02/13/2026").order == "mdy"
    assert not form_of(con, "01/02/2026", "03/04/2026").certain
    assert form_of(con, "word", "another") is None


def test_both_orders_in_one_column_are_an_error(con):
    with pytest.raises(InputError, match="day first"):
        form_of(con, "13/02/2026", "02/13/2026")


def test_a_column_with_offsets_says_so(con):
    format = form_of(con, "2026-01-02 10:00:00 +0900", "2026-01-03 10:00:00 +0900")
    assert format.offset
    assert format.is_utc
    assert readable(con, "t", "x", format) == 1.0


@few
@given(local=instants, zone=st.sampled_from(ZONES))
def test_local_times_become_the_first_utc_instant_or_move_forward(con, local, zone):
    expected = local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC).replace(tzinfo=None)
    assert one(con, to_utc_sql("x", zone), local) == expected


@pytest.mark.parametrize("zone", ZONES)
def test_every_quarter_hour_around_a_change_of_clocks_is_right(con, zone):
    starts = (
        "2026-03-29 00:00",
        "2026-10-24 22:00",
        "2018-11-03 22:00",
        "2026-11-01 00:00",
        "2026-04-04 22:00",
    )
    locals_ = [
        datetime.fromisoformat(start) + timedelta(minutes=15 * n) for start in starts for n in range(24)
    ]
    con.execute("CREATE TABLE t AS SELECT unnest($1) AS x", [locals_])
    # ICU has its own zone data, which knows less of Morocco's changes.
    once = to_utc_sql("x", zone) if zone == "Africa/Casablanca" else once_to_utc_sql("x", zone)
    for local, tree, icu in con.execute(f"SELECT x, {to_utc_sql('x', zone)}, {once} FROM t").fetchall():
        expected = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)
        assert (tree, icu) == (expected, expected)


def test_local_days_of_several_markets_are_right_at_every_hour_of_two_years(con):
    zones = {
        "NO": "Europe/Oslo",
        "BR": "America/Sao_Paulo",
        "NZ": "Pacific/Auckland",
        "US": "America/New_York",
    }
    con.execute(
        "CREATE TABLE o AS SELECT a AS moment, market FROM (SELECT unnest(generate_series(TIMESTAMP '2017-12-31', "
        "TIMESTAMP '2019-12-31', INTERVAL 30 MINUTE)) AS a) CROSS JOIN (VALUES ('NO'), ('BR'), ('NZ'), ('US')) m(market)"
    )
    days = date(2017, 12, 31), date(2019, 12, 31)
    numbered = sorted(zones.values())
    make_clock(con, numbered, *days)
    day = local_day("o.moment", "k")
    named = " ".join(f"WHEN '{market}' THEN {numbered.index(zone)}" for market, zone in zones.items())
    con.execute(
        f"CREATE OR REPLACE TABLE o AS SELECT o.*, {day} AS local_day FROM o "
        f"JOIN clock k ON k.place = {place_in(f'CASE market {named} END', 'o.moment', *days)}"
    )
    for market, zone in zones.items():
        wrong = (
            f"SELECT count(*) FROM o WHERE market = '{market}' AND local_day <> "
            f"timezone('{zone}', timezone('UTC', moment))::DATE"
        )
        assert con.execute(wrong).fetchall() == [(0,)]


def test_an_unknown_zone_is_named(con):
    with pytest.raises(InputError, match="Europe/Atlantis"):
        to_utc_sql("x", "Europe/Atlantis")
