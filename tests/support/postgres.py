"""A PostgreSQL server of the tests' own, on loopback, from the programs that the machine has."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest


def programs() -> Path | None:
    """The folder with initdb and pg_ctl: of the newest version installed."""
    if found := shutil.which("pg_ctl"):
        return Path(found).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    return installed[-1].parent if installed else None


class Server:
    """A server with a fresh data folder. It refuses to run as root, so root starts it as the user `postgres`."""

    def __init__(self) -> None:
        folder = programs()
        if folder is None:
            raise FileNotFoundError("PostgreSQL is not installed (Debian: apt-get install postgresql)")
        self.programs = folder
        self.home = Path(tempfile.mkdtemp(prefix="regulars-postgres-"))
        self.data = self.home / "data"
        if os.geteuid() == 0:
            shutil.chown(self.home, "postgres", "postgres")
        with socket.create_server(("127.0.0.1", 0)) as found:
            self.port = found.getsockname()[1]
        self._run(
            "initdb", "-D", str(self.data), "-U", "regulars", "--auth=trust", "--encoding=UTF8", "--no-sync"
        )
        self.start()

    @property
    def url(self) -> str:
        return f"postgresql://regulars@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = f"-p {self.port} -h 127.0.0.1 -k {self.home} -c fsync=off -c full_page_writes=off -c shared_buffers=64MB"
        self._run("pg_ctl", "-D", str(self.data), "-l", str(self.home / "log"), "-w", "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        self._run("pg_ctl", "-D", str(self.data), "-m", mode, "-w", "stop")

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        as_other = (
            ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        )
        environment = {**os.environ, "LC_ALL": "C", "HOME": str(self.home)}
        subprocess.run(
            [*as_other, str(self.programs / program), *arguments],
            check=True, capture_output=True, cwd=self.home, env=environment,
        )  # fmt: skip


def started() -> str:
    """Start a server that ends with this process; its URL. Stops the run loudly where there is none."""
    try:
        server = Server()
    except FileNotFoundError as error:
        pytest.exit(str(error), returncode=4)
    atexit.register(server.close)
    return server.url
