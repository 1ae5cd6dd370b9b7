"""`regulars up`: two processes that start again when they die, end when they should, and never run twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from regulars.platform.site import Site
from regulars.platform.supervise import holder
from support.programs import free_port

REGULARS = [sys.executable, "-c", "from regulars.cli.main import run; run()"]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[Site, dict[str, str]]]:
    """A site that was started in the background, and the environment to ask about it."""
    site = Site(tmp_path / "site")
    environment = {
        **{key: value for key, value in os.environ.items() if key != "REGULARS_DATABASE_URL"},
        "REGULARS_HOME": str(site.home), "REGULARS_ADDRESS": f"127.0.0.1:{free_port()}",
    }  # fmt: skip
    subprocess.run([*REGULARS, "up", "--background"], env=environment, check=True, capture_output=True)
    yield site, environment
    subprocess.run([*REGULARS, "down"], env=environment, check=True, capture_output=True)


def children(parent: int) -> dict[str, int]:
    """The running parts by name."""
    told = subprocess.run(
        ["ps", "--ppid", str(parent), "-o", "pid=,args="], capture_output=True, text=True
    ).stdout
    return {line.split()[-1]: int(line.split()[0]) for line in told.splitlines()}


def eventually(holds: Callable[[], bool], seconds: float = 30.0) -> bool:
    give_up = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > give_up:
            return False
        time.sleep(0.1)
    return True


def parent_of(site: Site) -> int:
    number = holder(site)
    assert number is not None
    return number


def test_a_part_that_is_killed_is_started_again(running: tuple[Site, dict[str, str]]) -> None:
    site, _ = running
    before = children(parent_of(site))
    assert set(before) == {"web", "worker"}
    for number in before.values():
        os.kill(number, signal.SIGKILL)
    assert eventually(
        lambda: (
            set(now := children(parent_of(site))) == {"web", "worker"}
            and not set(now.values()) & set(before.values())
        )
    )


def test_children_end_when_their_parent_is_killed(running: tuple[Site, dict[str, str]]) -> None:
    site, _ = running
    parent = parent_of(site)
    parts = children(parent).values()
    os.kill(parent, signal.SIGKILL)
    assert eventually(lambda: not any(Path(f"/proc/{number}").exists() for number in parts))
    assert holder(site) is None


def test_a_site_runs_once(running: tuple[Site, dict[str, str]]) -> None:
    _, environment = running
    again = subprocess.run([*REGULARS, "up"], env=environment, capture_output=True, text=True)
    assert again.returncode == 0 and "running already" in again.stderr


def test_nothing_of_the_start_is_a_traceback(running: tuple[Site, dict[str, str]]) -> None:
    site, environment = running
    subprocess.run([*REGULARS, "down"], env=environment, check=True, capture_output=True)
    log = (site.home / "regulars.log").read_text()
    assert "Traceback" not in log and "Fatal" not in log


def test_what_is_not_there_cannot_be_stopped(tmp_path: Path) -> None:
    told = subprocess.run(
        [*REGULARS, "down", "--home", str(tmp_path / "typo")], capture_output=True, text=True
    )
    assert told.returncode == 2
    assert "There is no site in this folder" in told.stderr
