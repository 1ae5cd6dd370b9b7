"""Exchange rates from files: the European Central Bank's history, its daily file, or rows of day, currency, rate."""

from __future__ import annotations

import io
import os
import tempfile
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from regulars.kernel.errors import InputError
from regulars.kernel.progress import Progress, silent
from regulars.lake.engines.parquet import quoted
from regulars.lake.lake import Lake
from regulars.lake.tables import FX_RATES

_LONG = {"day", "currency", "per_euro"}
_LARGEST = 100_000_000  # bytes; the full history takes two million
_DO = "Give the ECB's eurofxref-hist.csv or .zip, or a CSV with the columns day, currency, per_euro."


def read_rates(source: str | Path) -> pa.Table:
    """Rates as (day, currency, per_euro: units for one euro) from a CSV or ZIP file, or from a URL that the user gave.

    Raises InputError where it is neither of the known layouts.
    """
    with _as_csv(str(source)) as path:
        con = duckdb.connect()
        try:
            con.execute(
                "CREATE TABLE raw AS SELECT * FROM read_csv(?, all_varchar = true, header = true, delim = ',')",
                [str(path)],
            )
            con.execute(f"CREATE TABLE rates AS {_rates(con, str(source))}")
            rows: pa.Table = con.sql("SELECT * FROM rates ORDER BY day, currency").to_arrow_table()
        except (duckdb.InvalidInputException, duckdb.ConversionException) as wrong:
            raise InputError(
                f"These are no exchange rates: {str(wrong).splitlines()[0]}", where=str(source), do=_DO
            ) from None
        finally:
            con.close()
    if rows.num_rows == 0:
        raise InputError("There is no exchange rate in it.", where=str(source), do=_DO)
    return rows


def update_rates(lake: Lake, source: str | Path, *, progress: Progress = silent) -> int:
    """Put rates from a file or a URL into the lake, where they win over those that ship; returns the lake's version."""
    rows = read_rates(source)
    name = pa.array([Path(str(source)).name] * rows.num_rows, pa.string())
    con = duckdb.connect()
    try:
        con.register("fx_rates", rows.append_column("source", name))
        with lake.writer(progress=progress) as writer:
            writer.replace(con, FX_RATES.name)
            return writer.publish(note=f"exchange rates from {Path(str(source)).name}")
    finally:
        con.close()


def _rates(con: duckdb.DuckDBPyConnection, source: str) -> str:
    names = [row[0] for row in con.execute("DESCRIBE raw").fetchall()]
    plain = {name.strip().lower(): name for name in names}
    number = "try_cast(trim({}) AS DECIMAL(38,10))"
    if set(plain) >= _LONG:
        day, currency, rate = (quoted(plain[n]) for n in ("day", "currency", "per_euro"))
        return (
            f"SELECT {day}::DATE AS day, upper(trim({currency})) AS currency, "
            f"trim({rate})::DECIMAL(38,10) AS per_euro FROM raw"
        )
    currencies = [name for name in names if len(name.strip()) == 3 and name.strip().isupper()]
    if "date" not in plain or not currencies:
        raise InputError("These are no exchange rates.", where=source, do=_DO)
    date = quoted(plain["date"])
    # The daily file writes '30 October 2026', the history '2026-10-30'.
    day = f"coalesce(try_cast({date} AS DATE), strptime({date}, '%d %B %Y')::DATE)"
    return (
        f"SELECT {day} AS day, trim(currency) AS currency, {number.format('rate')} AS per_euro "
        f"FROM (UNPIVOT raw ON {', '.join(map(quoted, currencies))} INTO NAME currency VALUE rate) "
        f"WHERE {number.format('rate')} > 0"
    )


@contextmanager
def _as_csv(source: str) -> Iterator[Path]:
    """The source as a CSV file on disk: fetched if it is a URL, unpacked if it is a ZIP."""
    if not source.startswith(("https://", "http://")) and not zipfile.is_zipfile(source):
        if not Path(source).is_file():
            raise InputError("There is no such file.", where=source, do=_DO)
        yield Path(source)
        return
    with tempfile.TemporaryDirectory(prefix=f"regulars-{os.getpid()}-") as folder:
        path = Path(folder) / "rates.csv"
        path.write_bytes(_unpacked(_content(source), source))
        yield path


def _content(source: str) -> bytes:
    if not source.startswith(("https://", "http://")):
        return Path(source).read_bytes()
    try:
        with urllib.request.urlopen(source, timeout=60) as answer:
            return bytes(answer.read(_LARGEST + 1))
    except OSError as failed:
        raise InputError(f"It cannot be fetched: {failed}", where=source, do="Fetch it by hand.") from None


def _unpacked(content: bytes, source: str) -> bytes:
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        inside = [item for item in packed.infolist() if item.filename.endswith(".csv")]
        if len(inside) != 1 or inside[0].file_size > _LARGEST:
            raise InputError("The ZIP does not hold one CSV file of rates.", where=source, do=_DO)
        return packed.read(inside[0])
