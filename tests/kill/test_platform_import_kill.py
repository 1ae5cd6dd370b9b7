"""kill -9 a worker at random moments of an import: the next worker completes it, and the lake is as if nothing had happened."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from regulars.lake import Lake
from regulars.lake.engines import DuckEngine
from regulars.sources import SourceFile, import_into

KILLS = int(os.environ.get("REGULARS_KILLS", "10"))
LONGEST = 2.0  # seconds of work before the kill; an import takes about one
WORKER = str(Path(__file__).with_name("platform_worker.py"))


def export(path: Path, number: int) -> Path:
    """Export n: 30 + n orders of ten customers, of which each order costs n."""
    rows = [f"{i},c{i % 10},c{i % 10}@example.org,{number},2026-01-01,NOK" for i in range(30 + number)]
    path.write_text("order_id,customer_id,email,amount,date,currency\n" + "\n".join(rows) + "\n")
    return path


def killed(home: Path, file: Path, seconds: float) -> None:
    with subprocess.Popen([sys.executable, WORKER, str(home), str(file)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(seconds)
        process.kill()


def completed(home: Path) -> dict[str, Any]:
    """What there is after a worker has done all that was left."""
    done = subprocess.run(
        [sys.executable, WORKER, str(home)], capture_output=True, text=True, check=True, timeout=300
    )
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def facts(lake: Lake) -> list[Any]:
    """The orders, with each customer under the number of their first order: numbers differ by resolver."""
    engine = DuckEngine(threads=1)
    try:
        lake.bind(engine)
        return engine.con.execute(
            "SELECT source, order_id, local_day, goods, currency, min(order_id) OVER (PARTITION BY customer) "
            "FROM orders ORDER BY order_id"
        ).fetchall()
    finally:
        engine.close()


@pytest.mark.kill
def test_an_import_survives_its_workers_deaths(tmp_path: Path) -> None:
    home = tmp_path / "site"
    plain = Lake.create(tmp_path / "undisturbed")
    chance = random.Random(os.environ.get("REGULARS_SEED", "3"))
    for number in range(1, 1 + KILLS):
        file = export(tmp_path / "export.csv", number)
        import_into(plain, [SourceFile(file)])
        killed(home, file, chance.uniform(0, LONGEST))
        told = completed(home)
        assert told["states"] == ["done"] * number
        assert told["orders"] == [30 + n for n in range(1, number + 1)]
        assert (told["customers"], told["identifiers"]) == (10, 20)
        assert told["jobs"] == ["done"] and told["left"] == []
        assert facts(Lake.open(home / "lake")) == facts(plain)
