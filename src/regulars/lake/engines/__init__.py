"""Engines run the same Ibis expressions: DuckDB on one machine, Spark on a cluster."""

from regulars.lake.engines.base import Engine
from regulars.lake.engines.choose import open_engine
from regulars.lake.engines.duck import DuckEngine

__all__ = ["DuckEngine", "Engine", "open_engine"]
