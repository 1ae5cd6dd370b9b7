"""Spark: the same expressions on a cluster. Needs the extra `spark`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import ibis.config
import ibis.expr.types as ir
import pyarrow as pa
import sqlglot

from regulars.kernel.errors import MissingExtraError
from regulars.lake.engines.result import as_declared
from regulars.lake.tables import Table

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_LOOPBACK = "127.0.0.1"
_QUIET = Path(__file__).with_name("spark-log4j2.properties")
_JAVA = "spark.driver.extraJavaOptions"
_DEFAULTS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    _JAVA: f"-Dlog4j2.configurationFile={_QUIET.as_uri()}",
    "spark.sql.session.timeZone": "UTC",
}


class _IbisSparkOptions(ibis.config.Config):  # type: ignore[misc]
    """What ibis's compiler asks for. Loading ibis's own backend for it would bring pandas and its warnings."""

    treat_nan_as_null: bool = False


def allow_compiling() -> None:
    """Let expressions be compiled for Spark; needs no Spark."""
    if ibis.options.pyspark is None:
        ibis.options.pyspark = _IbisSparkOptions()


def connect(master: str, *, options: dict[str, str] | None = None) -> SparkSession:
    """A session on a Spark master (`spark://host:port`, `local[2]`). Raises MissingExtraError without pyspark.

    `options` are Spark settings and win over ours; the driver's Java options are added to ours. A local or loopback
    master gets a driver on loopback only.
    """
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 - the extra is optional
    except ImportError as missing:
        raise MissingExtraError("spark", "The Spark engine") from missing
    settings = dict(_DEFAULTS)
    host = master.removeprefix("spark://").partition(":")[0]
    if master.startswith("local") or host in ("localhost", _LOOPBACK):
        os.environ.setdefault("SPARK_LOCAL_IP", _LOOPBACK)  # Spark reads it before any setting
        settings |= {"spark.driver.host": _LOOPBACK, "spark.driver.bindAddress": _LOOPBACK}
    given = dict(options or {})
    if _JAVA in given:
        given[_JAVA] = f"{_DEFAULTS[_JAVA]} {given[_JAVA]}"
    builder = SparkSession.builder.master(master).appName("regulars")
    for key, value in (settings | given).items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


class SparkEngine:
    """Runs expressions on a Spark session, in which it sets UTC, strict arithmetic and plain timestamps."""

    dialect = "pyspark"

    def __init__(self, session: SparkSession) -> None:
        session.conf.set("spark.sql.session.timeZone", "UTC")
        # Integer overflow and bad casts are errors here as on DuckDB, never silent nulls.
        session.conf.set("spark.sql.ansi.enabled", "true")
        # A timestamp without a zone is one without a zone, as on DuckDB.
        session.conf.set("spark.sql.timestampType", "TIMESTAMP_NTZ")
        allow_compiling()
        self.session = session
        self._kept: dict[str, Any] = {}

    def bind(self, table: Table, files: list[str]) -> None:
        stored = ", ".join(
            f"`{c.name}` {'TIMESTAMP_LTZ' if c.type == 'instant' else c.spark}" for c in table.columns
        )
        frame = (
            self.session.read.schema(stored).parquet(*files)
            if files
            else self.session.createDataFrame([], stored)
        )
        chosen = [f"CAST(`{c.name}` AS {c.spark}) AS `{c.name}`" for c in table.columns]
        frame.selectExpr(*chosen).createOrReplaceTempView(table.name)

    def put(self, name: str, rows: pa.Table) -> None:
        plain = rows.cast(pa.schema([pa.field(f.name, f.type, nullable=True) for f in rows.schema]))
        self.session.createDataFrame(plain).createOrReplaceTempView(name)

    def drop(self, name: str) -> None:
        self.session.catalog.dropTempView(name)
        kept = self._kept.pop(name, None)
        if kept is not None:
            kept.unpersist()

    def materialise(self, name: str, expression: ir.Table) -> None:
        old = self._kept.pop(name, None)
        frame = self.session.sql(self._compile(expression)).persist()
        self._kept[name] = frame
        frame.count()  # now, not at first use: a mistake shows here, and the old rows can go
        frame.createOrReplaceTempView(name)
        if old is not None:
            old.unpersist()

    def define(self, name: str, expression: ir.Table) -> None:
        # By SQL, so that the view looks its names up when it is read, as on DuckDB; a frame's view would not.
        self.session.sql(f"CREATE OR REPLACE TEMPORARY VIEW `{name}` AS {self._compile(expression)}")

    def run(self, expression: ir.Table) -> pa.Table:
        return as_declared(self.session.sql(self._compile(expression)).toArrow(), expression)

    def sql(self, expression: ir.Table) -> str:
        return sqlglot.transpile(self._compile(expression), read="spark", write="spark", pretty=True)[0]

    def has(self, name: str) -> bool:
        return bool(self.session.catalog.tableExists(name))

    def beside(self) -> None:
        # Spark shares its cores among statements already, and takes far longer for one than Python does between two.
        return None

    def close(self) -> None:
        """Let go of what was kept. The session stays: whoever opened it closes it."""
        for frame in self._kept.values():
            frame.unpersist()
        self._kept.clear()

    @staticmethod
    def _compile(expression: ir.Table) -> str:
        return str(ibis.to_sql(expression, dialect="pyspark"))
