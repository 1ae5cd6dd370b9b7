"""Starting and stopping in bad moments: two at once, a process file that was left behind, an end in the middle of an import."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from regulars.platform.site import Site
from regulars.platform.supervise import holder
from support import load
from support.live import running
from support.programs import free_port

UP = [sys.executable, "-c", "from regulars.cli.main import run; run()", "up", "--background"]
DOWN = [*UP[:3], "down"]


def own_environment(home: Path) -> dict[str, str]:
    own = {key: value for key, value in os.environ.items() if not key.startswith(("REGULARS_", "DJANGO_"))}
    return own | {"REGULARS_HOME": str(home), "REGULARS_ADDRESS": f"127.0.0.1:{free_port()}"}


def test_of_two_that_start_at_once_one_runs(tmp_path: Path) -> None:
    environment = own_environment(tmp_path / "site")
    both = [
        subprocess.Popen(UP, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=120)[1] for process in both]
    site = Site(tmp_path / "site")
    try:
        number = holder(site)
        assert number is not None and 0 in {process.returncode for process in both}
        assert "Traceback" not in "".join(said)
        parents = subprocess.run(["pgrep", "-f", "supervise both"], capture_output=True, text=True).stdout
        of_this_site = [pid for pid in parents.split() if _home_of(pid) == str(site.home)]
        assert of_this_site == [str(number)]
    finally:
        subprocess.run(DOWN, env=environment, check=True, capture_output=True)


def _home_of(pid: str) -> str:
    """The site of a process; '' where it has just ended."""
    try:
        told = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return ""
    return next((one.partition(b"=")[2].decode() for one in told if one.startswith(b"REGULARS_HOME=")), "")


def test_a_process_file_that_was_left_behind_stops_nobody(tmp_path: Path) -> None:
    """It names a process that lives: another one, since numbers are used again."""
    site = Site(tmp_path / "site").make()
    bystander = subprocess.Popen(["sleep", "600"])
    try:
        site.process_file.write_text(f"{bystander.pid}\n")
        assert holder(site) is None
        environment = own_environment(site.home)
        subprocess.run(DOWN, env=environment, check=True, capture_output=True)
        assert bystander.poll() is None
        subprocess.run(UP, env=environment, check=True, capture_output=True)
        assert holder(site) not in (None, bystander.pid)
        subprocess.run(DOWN, env=environment, check=True, capture_output=True)
        assert bystander.poll() is None and holder(site) is None
    finally:
        bystander.kill()
        bystander.wait()


def test_an_end_in_the_middle_of_an_import_loses_nothing(tmp_path: Path) -> None:
    with running(tmp_path / "site") as site:
        for number in (1, 2):
            load.begin(site, str(number), load.export(tmp_path / "orders.csv", 500 * number))
            site.command("down")
            assert holder(Site(site.home)) is None
            site.command("up", "--background")
        state = load.settled(site)
        assert (state["open"], state["failed"], state["orders"]) == (0, [], 20_000)
        assert state["mails"] == {"sent": 20} and state["shown"] == state["lake"]
        assert len({str(one["Message-ID"]) for one in site.mailbox.messages}) == len(site.mailbox.messages)
        log = (site.home / "regulars.log").read_text()
        assert "Traceback" not in log
