"""Days and instants: ISO with or without offset, day or month first, names of months, Excel serials, Unix time; as SQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from regulars.lake.engines.duck import literal
from regulars.sources.reading.months import month_number_sql, month_pattern
from regulars.sources.reading.values import Parsed, given_sql
from regulars.sources.reading.zones import once_to_utc_sql

Order = Literal["iso", "dmy", "mdy", "ymd", "compact", "excel", "unix", "unix_ms", "named", "pattern"]
FIRST_YEAR, LAST_YEAR = 1900, 2099  # what lies outside is a mistake in the file
_WORDS: dict[str, str] = {
    "iso": "year-month-day", "dmy": "day.month.year", "mdy": "month/day/year", "ymd": "year/month/day",
    "compact": "yyyymmdd", "excel": "an Excel day number", "unix": "Unix seconds", "unix_ms": "Unix milliseconds",
    "named": "a day with the month's name", "pattern": "the declared form",
}  # fmt: skip


@dataclass(frozen=True)
class DateFormat:
    """How a column writes days. `certain` is False where day and month could change places.

    `pattern` is a strptime pattern for order 'pattern'. `separator` and `short_year` belong to dmy, mdy and ymd.
    """

    order: Order = "iso"
    separator: str = ""
    short_year: bool = False
    pattern: str = ""
    offset: bool = False  # the values carry their own offset from UTC (only order 'iso')
    certain: bool = True
    mixed: int = 0  # values that only the other order of day and month can read; they will be rejected
    example: str = ""

    @property
    def words(self) -> str:
        return _WORDS[self.order]

    @property
    def is_utc(self) -> bool:
        """Whether `local_sql` already gives UTC."""
        return self.offset or self.order in ("unix", "unix_ms") or "%z" in self.pattern


def local_sql(column: str, format: DateFormat, *, type: str = "VARCHAR") -> Parsed:
    """The timestamp as the file shows it: the quick way for many rows, in two steps.

    Keep it as a column, then convert that column by `to_utc_sql` (0.3 s for 10 million rows), unless the format
    `is_utc`. Values of a format with offset become UTC; where the format has none, values with one are bad.
    """
    text = column if type == "VARCHAR" else f"({column})::VARCHAR"
    made = _local(text, format)
    if format.order == "iso":
        made = _with_offset(text) if format.offset else f"CASE WHEN {_plain(text)} THEN {made} END"
    return Parsed(_bounded(made), given_sql(column, type), _reason(format))


def instant_sql(
    column: str, format: DateFormat | None = None, zone: str = "UTC", *, type: str = "VARCHAR"
) -> Parsed:
    """A UTC timestamp. Values with their own offset keep it; others are read as local times of `zone`."""
    format = format or DateFormat()
    given, reason = given_sql(column, type), _reason(format)
    if type == "TIMESTAMP WITH TIME ZONE":
        return Parsed(_bounded(f"timezone('UTC', {column})"), given, reason)
    if type.startswith("TIMESTAMP") or type == "DATE":
        local = f"{column}::TIMESTAMP"
        return Parsed(_bounded(local, once_to_utc_sql(local, zone)), given, reason)
    text = column if type == "VARCHAR" else f"({column})::VARCHAR"
    local = _local(text, format)
    if format.is_utc and format.order != "iso":
        return Parsed(_bounded(local), given, reason)
    value = _bounded(local, once_to_utc_sql(local, zone))
    if format.order == "iso":
        value = f"CASE WHEN {_plain(text)} THEN {value} ELSE {_bounded(_with_offset(text))} END"
    return Parsed(value, given, reason)


def day_sql(column: str, format: DateFormat | None = None, *, type: str = "VARCHAR") -> Parsed:
    """A day as the file writes it: the clock time and offset behind it do not move it to another day."""
    format = format or DateFormat()
    if type == "TIMESTAMP WITH TIME ZONE":
        local = f"timezone('UTC', {column})"
    elif type.startswith("TIMESTAMP") or type == "DATE":
        local = f"{column}::TIMESTAMP"
    else:
        local = _local(column if type == "VARCHAR" else f"({column})::VARCHAR", format)
    return Parsed(f"({_bounded(local)})::DATE", given_sql(column, type), _reason(format))


def _reason(format: DateFormat) -> str:
    return f"this is no date in the form {format.words}, between {FIRST_YEAR} and {LAST_YEAR}"


def _bounded(local: str, value: str = "") -> str:
    """`value` (else `local`) where `local` lies within the years that make sense."""
    return (
        f"CASE WHEN {local} >= TIMESTAMP '{FIRST_YEAR}-01-01' AND {local} < TIMESTAMP '{LAST_YEAR + 1}-01-01' "
        f"THEN {value or local} END"
    )


def _local(text: str, format: DateFormat) -> str:
    """The timestamp that the text shows; of Unix seconds and patterns with an offset, the UTC timestamp."""
    if format.order == "iso":
        return f"TRY_CAST({text} AS TIMESTAMP)"
    if format.order in ("unix", "unix_ms"):
        factor = 1_000_000 if format.order == "unix" else 1_000
        number = f"TRY_CAST({text} AS DOUBLE)"  # exact to the microsecond: below 2^53
        largest = 253402300799 * (1_000_000 // factor)
        return f"CASE WHEN abs({number}) < {largest} THEN make_timestamp(({number} * {factor})::BIGINT) END"
    if format.order == "excel":
        number = f"TRY_CAST({text} AS DOUBLE)"
        seconds = f"to_seconds(round({number} * 86400)::BIGINT)"
        return f"CASE WHEN {number} BETWEEN 1 AND 2958465 THEN TIMESTAMP '1899-12-30' + {seconds} END"
    if format.order == "pattern":
        made = f"try_strptime({text}, {literal(format.pattern)})"
        return f"timezone('UTC', {made})" if "%z" in format.pattern else made
    if format.order == "compact":
        return f"try_strptime({text}, ['%Y%m%d', '%Y%m%d%H%M%S', '%Y%m%dT%H%M%S'])"
    return _named(text) if format.order == "named" else _parts(text, format)


def _plain(text: str) -> str:
    """Whether an ISO text has no offset. A cast would drop that of '2026-01-02 10:00:00 +0900' in silence."""
    return f"(strlen({text}) <= 16 OR (strlen({text}) = 19 AND {text}[17] = ':') OR NOT regexp_matches({text}, ':\\d.*(?:[-+]\\d|[zZ]|UTC|GMT)'))"


def _with_offset(text: str) -> str:
    bare = f"regexp_replace({text}, '\\s*(?:UTC|GMT|[zZ])\\s*$', '+00:00')"
    whole = f"regexp_replace({bare}, '\\s*([-+]\\d\\d):?(\\d\\d)?\\s*$', '\\1:\\2')"
    return f"timezone('UTC', TRY_CAST(CASE WHEN suffix({whole}, ':') THEN {whole} || '00' ELSE {whole} END AS TIMESTAMPTZ))"


def _parts(text: str, format: DateFormat) -> str:
    """Numbers for day, month and year, then perhaps a time with or without seconds and AM or PM."""
    year = "%y" if format.short_year else "%Y"
    order = {"dmy": ("%d", "%m", year), "mdy": ("%m", "%d", year), "ymd": (year, "%m", "%d")}[format.order]
    day = (format.separator or "/").join(order)
    forms = [f"{day} %H:%M:%S", f"{day} %H:%M", day, f"{day} %I:%M %p", f"{day} %I:%M:%S %p", f"{day}, %H:%M:%S", f"{day}, %H:%M", f"{day}T%H:%M:%S", f"{day} %H:%M:%S.%g", f"{day} %H.%M", f"{day}, %I:%M:%S %p", f"{day}, %I:%M %p"]  # fmt: skip
    # Babel and spreadsheets put narrow and no-break spaces before AM and PM.
    spaced = f"translate({text}, chr(8239) || chr(160), '  ')"
    return f"try_strptime({spaced}, [{', '.join(map(literal, forms))}])"


def _named(text: str) -> str:
    """'2. jan. 2026', 'Jan 2, 2026 3:04 PM', '02-Jan-26', 'fredag 2. januar 2026': the month by its name."""
    lower = f"lower(strip_accents(replace(replace({text}, chr(8239), ' '), chr(160), ' ')))"
    month = month_number_sql(f"regexp_extract({lower}, '(?:^|[^a-z])({month_pattern()})(?:[^a-z]|$)', 1)")
    four, two = (
        f"regexp_extract({lower}, '\\b(\\d{{4}})\\b', 1)",
        f"regexp_extract({lower}, '[a-z][.]?[\\s/-]+(\\d{{2}})(?:\\D|$)', 1)",
    )
    # 'Mar-15-25': with the month first, the year stands behind the day.
    behind = f"regexp_extract({lower}, '[a-z][.]?[\\s/-]+\\d{{1,2}}[\\s,/-]+(\\d{{2}})(?:[^\\d:.]|$)', 1)"
    year = (
        f"CASE WHEN {four} <> '' THEN {four} WHEN {behind} <> '' THEN '20' || {behind} ELSE '20' || {two} END"
    )
    day = f"regexp_extract({lower}, '\\b(\\d{{1,2}})(?:st|nd|rd|th)?\\b', 1)"
    clock = f"regexp_extract({lower}, '(\\d{{1,2}}[:]\\d\\d(?:[:]\\d\\d)?)', 1)"
    half = f"CASE WHEN regexp_matches({lower}, '\\dp[.]?m|\\d p[.]?m') AND split_part({clock}, ':', 1)::INT < 12 THEN 12 WHEN regexp_matches({lower}, '(?:^|[^:0-9])12:\\d\\d(:\\d\\d)?\\s*a[.]?m') THEN -12 ELSE 0 END"
    stamp = f"TRY_CAST({year} || '-' || {month} || '-' || {day} || ' ' || CASE WHEN {clock} = '' THEN '00:00' ELSE {clock} END AS TIMESTAMP)"
    return f"({stamp} + to_hours(CASE WHEN {clock} = '' THEN 0 ELSE {half} END))"
