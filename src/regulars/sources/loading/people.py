"""What the customers table alone needs: who referred whom, as a customer number, and a birthday without its year."""

from __future__ import annotations

import duckdb

from regulars.lake.engines.duck import literal
from regulars.sources.identity.claims import Claims, join_who
from regulars.sources.loading.stage import stage_name

REFERRERS = "referrers"
_CLAIMS = Claims(REFERRERS, ("customer_id", "email"), has_name=False, has_country=False)
# Month and day of '1985-03-02', '03-02' and '--03-02'; day and month of '02.03.1985' and '2.3.'.
_BIRTHDAYS = (
    (r"^(?:\d{4}-|--?)?(\d{1,2})-(\d{1,2})(?:$|[ T])", 1, 2),
    (r"^(\d{1,2})\.\s?(\d{1,2})\.(?:\s?\d{2,4})?$", 2, 1),
)


def referrers(con: duckdb.DuckDBPyConnection, fields: frozenset[str]) -> Claims:
    """Make the table of who is named in `referred_by`: by the source's customer id, or by e-mail.

    A text with an '@' is an e-mail, unless a customer of the same files has it as id.
    """
    stage = stage_name("customers")
    is_id = f"referred_by IN (SELECT customer_id FROM {stage})" if "customer_id" in fields else "false"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {REFERRERS} AS SELECT source, _file, _row, _line, "
        "CASE WHEN NOT mail THEN referred_by END AS customer_id, CASE WHEN mail THEN referred_by END AS email "
        f"FROM (SELECT *, contains(referred_by, '@') AND NOT coalesce({is_id}, false) AS mail FROM {stage} "
        "WHERE referred_by IS NOT NULL)"
    )
    return _CLAIMS


def of_customers(fields: frozenset[str], joins: list[str]) -> dict[str, str]:
    """The columns that a staged customer `s` (with its `who`) needs made, and the joins for them."""
    made = {}
    if "referred_by" in fields:
        joins.append(
            f"LEFT JOIN {REFERRERS} f ON f._file = s._file AND f._row = s._row AND f._line = s._line"
        )
        joins.append(join_who(_CLAIMS, "f", who="referrer"))
        # Nobody refers themselves.
        made["referred_by"] = "nullif(referrer.customer, who.customer)"
    if "birthday" in fields:
        for column, place in (("birth_month", 0), ("birth_day", 1)):
            found = ", ".join(_number(form, groups[place]) for form, *groups in _BIRTHDAYS)
            own = f"s.{column}, " if column in fields else ""
            highest = 31 if place else 12
            number = f"coalesce({own}{found})"
            made[column] = f"CASE WHEN {number} BETWEEN 1 AND {highest} THEN {number} END"
    return made


def _number(form: str, group: int) -> str:
    return f"TRY_CAST(nullif(regexp_extract(s.birthday, {literal(form)}, {group}), '') AS BIGINT)"
