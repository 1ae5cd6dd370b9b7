"""Writing a query to a file, and amounts as texts."""

from __future__ import annotations

from pathlib import Path

from regulars.demo.nordlys.plan import Plan
from regulars.lake.engines.duck import literal


def money(cents: str, decimal: str = ".") -> str:
    """SQL of a whole number of minor units as a text with two decimals; null stays null."""
    return f"replace((({cents})::DECIMAL(18,0) * 0.01)::DECIMAL(18,2)::VARCHAR, '.', '{decimal}')"


def csv(plan: Plan, path: Path, query: str, delimiter: str = ",") -> Path:
    """The query's rows as CSV with a header."""
    plan.con.execute(
        f"COPY ({query}) TO {literal(str(path))} (FORMAT csv, HEADER true, DELIMITER '{delimiter}')"
    )
    return path


def json_lines(plan: Plan, path: Path, query: str) -> Path:
    """The query's rows as one JSON object a line."""
    plan.con.execute(f"COPY ({query}) TO {literal(str(path))} (FORMAT json)")
    return path
