"""Telephone numbers to E.164, on distinct values only."""

from __future__ import annotations

import duckdb
import phonenumbers
import pyarrow as pa

CHUNK = 50_000


def e164(number: str, country: str | None) -> str | None:
    """The number in E.164; `country` (ISO alpha-2) reads national numbers. None where it is no possible number."""
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def read_phones(con: duckdb.DuckDBPyConnection, wanted: str, into: str) -> None:
    """Make the table `into` (phone, country, e164) from the distinct rows of `wanted` (phone, country)."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE {into} (phone VARCHAR, country VARCHAR, e164 VARCHAR)")
    found = con.sql(f"SELECT DISTINCT phone, country FROM {wanted}").to_arrow_table()
    for batch in found.to_batches(CHUNK):
        phones, countries = batch.column(0).to_pylist(), batch.column(1).to_pylist()
        read = [e164(phone, country) for phone, country in zip(phones, countries, strict=True)]
        columns = [batch.column(0), batch.column(1), pa.array(read, pa.string())]
        con.register("_phones", pa.table(columns, names=["phone", "country", "e164"]))
        con.execute(f"INSERT INTO {into} SELECT * FROM _phones WHERE e164 IS NOT NULL")
        con.unregister("_phones")
