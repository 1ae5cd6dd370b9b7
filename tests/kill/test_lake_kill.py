"""kill -9 at random moments of writing: the lake is the old version or the new one, and the next import completes it."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kill.lake_writer import ORDERS, write
from regulars.lake import Lake
from regulars.lake.engines import DuckEngine

KILLS = int(os.environ.get("REGULARS_KILLS", "10"))
LONGEST = 1.5  # seconds of writing before the kill; an import takes a fraction of it


def kill_while_writing(lake: Lake, first: int, seconds: float) -> None:
    command = [sys.executable, str(Path(__file__).with_name("lake_writer.py")), str(lake.path), str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(seconds)
        process.kill()


def assert_whole(lake: Lake, engine: DuckEngine) -> int:
    """The newest version is one whole import; returns its number."""
    lake.bind(engine)
    found = engine.con.execute(
        "SELECT (SELECT count(*) FROM orders), (SELECT count(DISTINCT order_id) FROM orders), "
        "(SELECT min(goods)::INT FROM orders), (SELECT max(goods)::INT FROM orders), "
        "(SELECT count(*) FROM order_lines), (SELECT count(DISTINCT (order_id, line)) FROM order_lines), "
        "(SELECT min(goods)::INT FROM order_lines), (SELECT max(goods)::INT FROM order_lines)"
    ).fetchone()
    assert found is not None
    number: int = found[2]
    orders = ORDERS + number
    assert found == (orders, orders, number, number, 2 * orders, 2 * orders, number, number)
    return number


@pytest.mark.kill
def test_a_lake_survives_being_killed_at_any_moment(tmp_path: Path) -> None:
    lake, engine = Lake.create(tmp_path / "lake"), DuckEngine(threads=1)
    moments = random.Random(os.environ.get("REGULARS_SEED", "1"))
    number = 1
    write(lake, engine, number)
    for _ in range(KILLS):
        kill_while_writing(lake, number + 1, moments.uniform(0, LONGEST))
        after = assert_whole(lake, engine)
        assert after >= number
        number = after + 1
        write(lake, engine, number)
        assert assert_whole(lake, engine) == number
        assert not [finding for finding in lake.check() if "broken off" in finding.what]
    lake.vacuum(keep=1)
    on_disk = {str(path) for path in (lake.path / "tables").glob("*/*.parquet")}
    assert on_disk == {*lake.files("orders"), *lake.files("order_lines")}
    engine.close()
