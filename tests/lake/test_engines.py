"""What every engine does alike."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import ibis
import pyarrow as pa
import pytest

from regulars.kernel.errors import InputError
from regulars.lake.engines import DuckEngine, Engine, open_engine
from regulars.lake.engines.passing import passing

ROWS = pa.table(
    {
        "customer": pa.array([1, 1, 2], pa.int64()),
        "amount": pa.array([Decimal("1.5000"), None, Decimal("-2.2500")], pa.decimal128(18, 4)),
        "at": pa.array([1711848600000000, 1711852200000000, None], pa.timestamp("us")),
        "day": pa.array([dt.date(2024, 3, 31), dt.date(1999, 1, 1), None], pa.date32()),
        "flag": pa.array([True, None, False]),
        "share": pa.array([0.5, None, -1.0]),
        "word": pa.array(["a", None, "ü"]),
    }
)
SMALL = ibis.table(ibis.Schema.from_pyarrow(ROWS.schema), name="small")
ORDER = [("customer", "ascending"), ("word", "ascending")]


def test_rows_that_are_put_come_back_unchanged(engine: Engine) -> None:
    engine.put("small", ROWS)
    back = engine.run(SMALL)
    assert back.schema.equals(ROWS.schema)
    assert back.sort_by(ORDER).to_pylist() == ROWS.sort_by(ORDER).to_pylist()


def test_an_empty_table_keeps_its_columns(engine: Engine) -> None:
    engine.put("small", ROWS.slice(0, 0))
    assert engine.run(SMALL).schema.equals(ROWS.schema)


def test_an_instant_is_neither_shifted_nor_given_a_zone(engine: Engine) -> None:
    engine.put("small", ROWS)
    hours = engine.run(
        SMALL.filter(SMALL.flag).select(hour=SMALL["at"].hour(), text=SMALL["at"].cast("string"))
    )
    assert hours.to_pylist() == [{"hour": 1, "text": "2024-03-31 01:30:00"}]


def test_a_name_can_be_materialised_from_itself(engine: Engine) -> None:
    engine.put("small", ROWS)
    engine.materialise("small", SMALL.filter(SMALL.customer == 1))
    engine.materialise("small", SMALL.mutate(customer=SMALL.customer + 1))
    assert engine.run(SMALL).column("customer").to_pylist() == [2, 2]


def test_a_definition_follows_the_table_that_it_names(engine: Engine) -> None:
    engine.put("small", ROWS)
    engine.define("ones", SMALL.filter(SMALL.customer == 1))
    engine.put("small", ROWS.slice(0, 1))
    assert engine.run(ibis.table(SMALL.schema(), name="ones")).num_rows == 1


def test_a_table_can_take_the_name_of_a_view_and_back(engine: Engine) -> None:
    engine.put("small", ROWS)
    engine.define("other", SMALL)
    engine.put("other", ROWS.slice(0, 1))
    assert engine.run(ibis.table(SMALL.schema(), name="other")).num_rows == 1
    engine.define("other", SMALL)
    assert engine.run(ibis.table(SMALL.schema(), name="other")).num_rows == 3


def test_tables_in_passing_do_not_see_each_other_and_are_gone_afterwards(engine: Engine) -> None:
    with (
        passing(engine, "given", pa.table({"n": [1]})) as one,
        passing(engine, "given", pa.table({"n": [2]})) as two,
    ):
        assert [engine.run(table).to_pylist() for table in (one, two)] == [[{"n": 1}], [{"n": 2}]]
    assert not engine.has(one.get_name()) and not engine.has(two.get_name())


def test_each_test_begins_with_clean_names(engine: Engine) -> None:
    assert not engine.has("small")
    engine.put("small", ROWS)
    assert engine.has("small")


def test_whole_numbers_overflow_loudly(engine: Engine) -> None:
    engine.put("small", ROWS)
    big = SMALL.mutate(big=SMALL.customer + ibis.literal(2**63 - 1, "int64"))
    with pytest.raises(Exception, match=r"(?i)overflow"):
        engine.run(big)


def test_duckdb_removes_its_folder_when_closed() -> None:
    engine = DuckEngine()
    folder = engine.con.execute("SELECT current_setting('temp_directory')").fetchone()
    engine.close()

    assert folder is not None and not Path(folder[0]).exists()


def test_progress_hears_of_long_work_and_can_stop_it() -> None:
    def stop(step: str, share: float | None) -> None:
        raise TimeoutError(step)

    engine = DuckEngine(progress=stop)
    n = ibis.table({"range": "int64"}, name="n")
    engine.con.execute("CREATE VIEW n AS SELECT range FROM range(100000000000)")
    with pytest.raises(TimeoutError, match="computing"):
        engine.run(n.agg(total=n.range.max() + n.range.nunique()))
    engine.close()


def test_an_unknown_engine_is_named_with_what_there_is() -> None:
    with pytest.raises(InputError, match=r"duckdb, spark://host:port or local\[2\]"):
        open_engine("sparc")


def test_enums_come_back_as_texts() -> None:
    engine = DuckEngine()
    engine.con.execute("CREATE TABLE small AS SELECT 'a'::ENUM('a', 'b') AS word")
    assert engine.run(ibis.table({"word": "string"}, name="small")).schema.field("word").type == pa.string()
    engine.close()
