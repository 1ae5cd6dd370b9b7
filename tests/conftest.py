"""Fixtures that every test may use: engines, and sockets closed to the outside."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from typing import Any

import pytest

# Before anything of the platform is imported: its settings read the environment once.
_HOME = tempfile.mkdtemp(prefix="regulars-tests-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ.update(
    REGULARS_HOME=_HOME,
    REGULARS_HOSTS="testserver,localhost,127.0.0.1",
    REGULARS_SECRET_KEY="only for tests " * 4,
    DJANGO_SETTINGS_MODULE="regulars.platform.settings",
)
os.environ.pop("REGULARS_DATABASE_URL", None)

from regulars.lake.engines import DuckEngine, Engine
from support import browser, cluster, postgres
from support.sockets import closed_to_outside

# `REGULARS_TEST_DATABASE=postgresql pytest tests/platform` runs the platform's tests on a server of their own.
if os.environ.get("REGULARS_TEST_DATABASE") == "postgresql":
    os.environ["REGULARS_DATABASE_URL"] = postgres.started()

# Tiny data: what costs is starting, planning and compiling. The quick compiler alone halves the processor time, one
# partition and no re-planning take another sixth.
_QUICK_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
SPARK_OPTIONS = {
    "spark.executor.memory": "640m",
    "spark.driver.memory": "640m",
    "spark.driver.extraJavaOptions": _QUICK_JAVA,
    "spark.executor.extraJavaOptions": _QUICK_JAVA,
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "2",
    "spark.sql.adaptive.enabled": "false",
}


@pytest.fixture(autouse=True)
def _closed_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    closed_to_outside(monkeypatch)


@pytest.fixture
def duck() -> Iterator[DuckEngine]:
    """A DuckDB engine with a private, empty database."""
    engine = DuckEngine()
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A running browser. One for all tests of a process: its driver's loop stays, and a second one refuses to start."""
    if (reason := browser.missing()) is not None:
        pytest.skip(f"No browser: {reason}")
    with browser.opened() as started:
        yield started


@pytest.fixture(scope="session")
def spark_cluster() -> Iterator[cluster.Cluster]:
    """A master and two workers on loopback, started when the first test asks for Spark."""
    reason = cluster.missing()
    if reason is not None:
        pytest.skip(f"No Spark: {reason}")
    with cluster.Cluster() as running:
        yield running


@pytest.fixture(scope="session")
def spark_session(spark_cluster: cluster.Cluster) -> Iterator[Any]:
    """One session on the cluster, shared by all tests."""
    from regulars.lake.engines.spark import connect  # noqa: PLC0415 - only where Spark is there

    session = connect(spark_cluster.master, options=SPARK_OPTIONS)
    yield session
    session.stop()


@pytest.fixture
def spark(spark_session: Any) -> Iterator[Engine]:
    """A Spark engine that knows no names yet, on the shared cluster."""
    from regulars.lake.engines.spark import SparkEngine  # noqa: PLC0415 - only where Spark is there

    engine = SparkEngine(spark_session.newSession())
    yield engine
    engine.close()


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Runs a test once for each engine."""
    return str(request.param)


@pytest.fixture
def engine(engine_name: str, request: pytest.FixtureRequest) -> Engine:
    """An empty engine of each kind."""
    found: Engine = request.getfixturevalue("duck" if engine_name == "duckdb" else "spark")
    return found
