"""DuckDB's own copy of a CSV file to Parquet, types sniffed: the least that reading and writing so many rows can cost."""

import time

BEGAN = time.perf_counter()

import duckdb  # noqa: E402 - the clock starts before the imports

from benchmarks.peers.protocol import Answer, Clock, serve  # noqa: E402


def work(arguments: list[str]) -> tuple[dict[str, float], dict[str, Answer]]:
    """Arguments: the CSV file, the Parquet file to write."""
    source, target = arguments
    con = duckdb.connect()
    con.execute("SET preserve_insertion_order = false; SET enable_progress_bar = false")
    clock = Clock()
    con.execute(f"COPY (FROM read_csv('{source}')) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
    clock.lap("copy")
    (rows,) = con.execute(f"SELECT count(*) FROM '{target}'").fetchone()
    return clock.steps, {"import": {"rows": rows}}


if __name__ == "__main__":
    serve(work, BEGAN)
