"""One writer at a time; a version is published in one step."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from regulars.kernel.errors import LakeError
from regulars.lake import Lake
from regulars.lake.engines import DuckEngine
from regulars.lake.manifest import Manifest
from support.facts import given, order


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake.create(tmp_path / "lake")


def write(lake: Lake, number: str, told: list[str] | None = None) -> None:
    engine = DuckEngine(memory="200MB", threads=1)
    given(engine, "orders", [order(number)])
    with lake.writer(progress=lambda step, share: told.append(step) if told is not None else None) as writer:
        writer.replace(engine.con, "orders")
        writer.publish()
    engine.close()


def test_a_second_writer_is_told_who_writes_and_gives_up_in_time(lake: Lake) -> None:
    told: list[str] = []
    waiting = lake.writer(timeout=0.3, progress=lambda step, share: told.append(step))
    with lake.writer(), pytest.raises(LakeError, match=f"being written by process {os.getpid()}"), waiting:
        pass
    assert told[0].startswith(f"waiting for process {os.getpid()}")


def test_writers_at_the_same_time_all_arrive(lake: Lake) -> None:
    threads = [threading.Thread(target=write, args=(lake, str(n))) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lake.manifest().tables["orders"].rows == 4
    assert lake.version == 4


def test_a_version_number_is_never_given_twice(lake: Lake) -> None:
    with pytest.raises(LakeError, match="Version 0 is there already"):
        lake.manifests.publish(Manifest(0, "now"))


def test_a_manifest_that_was_not_finished_is_not_seen(lake: Lake) -> None:
    (lake.path / "manifests" / ".00000001.json.new").write_text('{"version": 1, "tab')
    assert lake.version == 0
    write(lake, "1")
    assert lake.version == 1


def test_a_creation_that_was_broken_off_can_be_begun_again(tmp_path: Path) -> None:
    (tmp_path / "lake" / "manifests").mkdir(parents=True)
    assert Lake.create(tmp_path / "lake").version == 0


def test_a_broken_manifest_is_named(lake: Lake) -> None:
    (lake.path / "manifests" / "00000001.json").write_text("{}")
    with pytest.raises(LakeError, match="manifest cannot be read"):
        lake.manifest()


FULL_DISK = """
    import resource, signal, sys
    from regulars.kernel.errors import LakeError
    from regulars.lake import Lake
    from regulars.lake.engines import DuckEngine
    engine = DuckEngine()
    engine.con.execute('''CREATE TABLE orders AS SELECT 'shop' AS source, i::TEXT AS order_id, i AS customer,
        TIMESTAMP '2024-01-01' AS "at", DATE '2024-01-01' AS local_day, md5(i::TEXT) AS channel, 1 AS goods
        FROM range(200000) t(i)''')
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # as on a full disk, writing then fails with an error
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
    try:
        with Lake.open(sys.argv[1]).writer() as writer:
            writer.replace(engine.con, "orders")
            writer.publish()
    except LakeError as error:
        print(error)
"""


def test_a_full_disk_is_said_plainly_and_leaves_the_old_version(lake: Lake, duck: DuckEngine) -> None:
    write(lake, "1")
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(FULL_DISK), str(lake.path)],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    assert "no space left to write to. The lake keeps its last version." in run.stdout
    assert (lake.version, lake.manifest().tables["orders"].rows) == (1, 1)
    assert [str(path) for path in lake.store("orders").folder.glob("*.parquet")] == lake.files("orders")
    write(lake, "2")
    assert lake.manifest().tables["orders"].rows == 2
