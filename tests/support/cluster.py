"""A real Spark standalone cluster on loopback, from the jars that come with pyspark: one master, two workers."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from support.programs import free_port

LOOPBACK = "127.0.0.1"
START_SECONDS = 60
_PR_SET_PDEATHSIG = 1


def missing() -> str | None:
    """Why no cluster can be started here; None if it can."""
    if importlib.util.find_spec("pyspark") is None:
        return "pyspark is not installed (pip install 'regulars[spark]')"
    java = (
        Path(os.environ["JAVA_HOME"]) / "bin" / "java" if "JAVA_HOME" in os.environ else shutil.which("java")
    )
    if java is None or not Path(java).exists():
        return "no Java was found; Spark needs Java 17 or newer"
    return None


def _die_with_parent() -> None:
    """Ask Linux to stop the process when the test run is killed, so that no Java stays behind."""
    if os.uname().sysname == "Linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Cluster:
    """`with Cluster() as cluster:` starts it; `cluster.master` is its `spark://` address."""

    def __init__(self, *, workers: int = 2) -> None:
        self.workers = workers
        self.master = f"spark://{LOOPBACK}:{free_port()}"
        self._folder = tempfile.TemporaryDirectory(prefix="regulars-spark-")
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Cluster:
        try:
            port = self.master.rpartition(":")[2]
            self._start("master", "org.apache.spark.deploy.master.Master",
                        "--host", LOOPBACK, "--port", port, "--webui-port", "0")  # fmt: skip
            self._await("master", "I have been elected leader")
            for number in range(self.workers):
                self._start(f"worker{number}", "org.apache.spark.deploy.worker.Worker", self.master,
                            "--host", LOOPBACK, "--webui-port", "0", "--cores", "1", "--memory", "1g",
                            "--work-dir", str(Path(self._folder.name) / f"worker{number}"))  # fmt: skip
            for number in range(self.workers):
                self._await(f"worker{number}", "Successfully registered with master")
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the processes that were started here, executors included."""
        for process in reversed(self._processes):
            process.terminate()
        for process in self._processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._processes.clear()
        self._folder.cleanup()

    def _start(self, name: str, *command: str) -> None:
        home = Path(str(importlib.util.find_spec("pyspark").origin)).parent  # type: ignore[union-attr]
        environment = os.environ | {
            "SPARK_HOME": str(home),
            "SPARK_LOCAL_IP": LOOPBACK,
            "SPARK_DAEMON_MEMORY": "256m",
            "SPARK_DAEMON_JAVA_OPTS": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dspark.master.rest.enabled=false",
        }
        with self._log(name).open("wb") as log:
            self._processes.append(
                subprocess.Popen(
                    [str(home / "bin" / "spark-class"), *command],
                    env=environment, stdout=log, stderr=subprocess.STDOUT,
                    start_new_session=True, preexec_fn=_die_with_parent,
                )
            )  # fmt: skip

    def _await(self, name: str, sign: str) -> None:
        """Wait until a process has written `sign` to its log."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            text = self._log(name).read_text(errors="replace")
            if sign in text:
                return
            time.sleep(0.1)
        raise RuntimeError(f"Spark's {name} did not start within {START_SECONDS} s:\n{text}")

    def _log(self, name: str) -> Path:
        return Path(self._folder.name) / f"{name}.log"
