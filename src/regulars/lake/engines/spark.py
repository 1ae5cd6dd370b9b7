"""Spark: the same expressions on a cluster. Needs the extra `spark`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import sqlglot

from regulars.kernel.errors import MissingExtraError
from regulars.lake.engines.result import as_declared
from regulars.lake.tables import Table

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def connect(master: str, *, options: dict[str, str] | None = None) -> SparkSession:
    """A session on a Spark master (`spark://host:port`, `local[2]`). Raises MissingExtraError without pyspark."""
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 - the extra is optional
    except ImportError as missing:
        raise MissingExtraError("spark", "The Spark engine") from missing
    builder = SparkSession.builder.master(master).appName("regulars")
    for key, value in (options or {}).items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


class SparkEngine:
    """Runs expressions on a Spark session."""

    dialect = "pyspark"

    def __init__(self, session: SparkSession) -> None:
        session.conf.set("spark.sql.session.timeZone", "UTC")
        # Integer overflow and bad casts are errors here as on DuckDB, never silent nulls.
        session.conf.set("spark.sql.ansi.enabled", "true")
        self.session = session
        self._kept: dict[str, Any] = {}

    def bind(self, table: Table, files: list[str]) -> None:
        if files:
            schema = ", ".join(
                f"`{c.name}` {'TIMESTAMP' if c.type == 'instant' else c.spark}" for c in table.columns
            )
            frame = self.session.read.schema(schema).parquet(*files)
        else:
            frame = self.session.createDataFrame(
                [], ", ".join(f"`{c.name}` {c.spark}" for c in table.columns)
            )
        chosen = [f"CAST(`{c.name}` AS {c.spark}) AS `{c.name}`" for c in table.columns]
        frame.selectExpr(*chosen).createOrReplaceTempView(table.name)

    def put(self, name: str, rows: pa.Table) -> None:
        self.session.createDataFrame(rows).createOrReplaceTempView(name)

    def materialise(self, name: str, expression: ir.Table) -> None:
        old = self._kept.pop(name, None)
        frame = self.session.sql(self._compile(expression)).persist()
        frame.createOrReplaceTempView(name)
        self._kept[name] = frame
        if old is not None:
            old.unpersist()

    def define(self, name: str, expression: ir.Table) -> None:
        self.session.sql(self._compile(expression)).createOrReplaceTempView(name)

    def run(self, expression: ir.Table) -> pa.Table:
        return as_declared(self.session.sql(self._compile(expression)).toArrow(), expression)

    def sql(self, expression: ir.Table) -> str:
        return sqlglot.transpile(self._compile(expression), read="spark", write="spark", pretty=True)[0]

    def has(self, name: str) -> bool:
        return bool(self.session.catalog.tableExists(name))

    def close(self) -> None:
        for frame in self._kept.values():
            frame.unpersist()
        self._kept.clear()

    @staticmethod
    def _compile(expression: ir.Table) -> str:
        _ = ibis.pyspark  # loading the backend registers options that its compiler reads
        return str(ibis.to_sql(expression, dialect="pyspark"))
