"""Different numbers by bits: the same as by grouping, wherever they begin and however far apart they are."""

from __future__ import annotations

import duckdb
import pytest

from regulars.lake.bits import each_once, how_many

COLUMNS = (
    pytest.param([3, 5, 3, None, 4], id="dense"),
    pytest.param([-2, 0, -2, 7, None], id="around nought"),
    pytest.param([1, 10**12, 1], id="far apart"),
    pytest.param([-(2**63), 2**63 - 1, 0], id="the ends of the type"),
    pytest.param([2**63 - 1, 2**63 - 3], id="dense at the end of the type"),
    pytest.param([42], id="one"),
    pytest.param([None, None], id="none but nulls"),
    pytest.param([], id="empty"),
)


@pytest.mark.parametrize("numbers", COLUMNS)
def test_bits_find_what_grouping_finds(numbers: list[int | None]) -> None:
    with duckdb.connect() as con:
        con.execute("CREATE TABLE rows_of (n BIGINT)")
        if numbers:
            con.executemany("INSERT INTO rows_of VALUES (?)", [[number] for number in numbers])
        found = con.execute(each_once(con, "n", "rows_of")).fetchall()

        expected = {number for number in numbers if number is not None}
        assert sorted(number for (number,) in found) == sorted(expected)
        assert how_many(con, "n", "rows_of") == len(expected)
