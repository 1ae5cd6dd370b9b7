"""kill -9 at random moments of an import: the lake is the old version or the new one, and a rerun completes it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from regulars.lake import Lake
from regulars.lake.engines import DuckEngine
from regulars.sources import SourceFile, import_into

KILLS = int(os.environ.get("REGULARS_KILLS", "10"))
PROGRAM = (
    "import sys; from pathlib import Path; from regulars.lake import Lake; from regulars.sources import *\n"
    "print('ready', flush=True)\n"
    "import_into(Lake.open(sys.argv[1]), [SourceFile(Path(sys.argv[2]))])"
)


def export(path: Path, number: int) -> Path:
    """Export n: 30 + n orders of which each costs n."""
    rows = [f"{i},c{i},{number},2026-01-01 10:00:00,NOK" for i in range(30 + number)]
    path.write_text("order_id,customer_id,amount,date,currency\n" + "\n".join(rows) + "\n")
    return path


def state(lake: Lake) -> tuple[int, int, int, int]:
    """Orders, distinct order numbers, lowest and highest amount."""
    engine = DuckEngine()
    try:
        lake.bind(engine)
        found = engine.con.execute(
            "SELECT count(*), count(DISTINCT order_id), min(goods)::INT, max(goods)::INT FROM orders"
        ).fetchall()
        return found[0]
    finally:
        engine.close()


def expected(number: int) -> tuple[int, int, int, int]:
    return (30 + number, 30 + number, number, number)


@pytest.mark.kill
def test_a_killed_import_leaves_the_old_version_or_the_new_one(tmp_path):
    lake = Lake.create(tmp_path / "lake")
    import_into(lake, [SourceFile(export(tmp_path / "export.csv", 1))])
    chance = random.Random(20260102)
    for number in range(2, 2 + KILLS):
        file = export(tmp_path / "export.csv", number)
        running = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(lake.path), str(file)], stdout=subprocess.PIPE
        )
        assert running.stdout is not None
        running.stdout.readline()
        time.sleep(chance.uniform(0, 2.0))
        running.kill()
        running.wait()
        running.stdout.close()
        assert state(Lake.open(lake.path)) in (expected(number - 1), expected(number))
        import_into(Lake.open(lake.path), [SourceFile(file)])
        assert state(lake) == expected(number)


@pytest.mark.kill
def test_ctrl_c_leaves_the_lake_as_it_was(tmp_path):
    lake = Lake.create(tmp_path / "lake")
    import_into(lake, [SourceFile(export(tmp_path / "export.csv", 1))])
    file = export(tmp_path / "export.csv", 2)
    running = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(lake.path), str(file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert running.stdout is not None
    running.stdout.readline()
    time.sleep(0.2)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)
    assert state(Lake.open(lake.path)) in (expected(1), expected(2))
    import_into(Lake.open(lake.path), [SourceFile(file)])
    assert state(lake) == expected(2)
