"""How long a site takes to number a million new customers, and what pages feel meanwhile.

python -m benchmarks.customers_import [--customers 1000000]

Peer: the same rows written by bare `executemany` in one transaction into the same tables, in the same run. A thread looks
customers up as a page does, all the time; its latencies are those of pages.
"""

from __future__ import annotations

import argparse
import os
import resource
import sqlite3
import tempfile
import threading
import time
from pathlib import Path
from statistics import median

from benchmarks.harness import publish, table

GOAL_SECONDS, PAGE_GOAL_MS, SEARCH_GOAL_MS = 180, 300, 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    count = parser.parse_args().customers
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "site"
        os.environ.update(REGULARS_HOME=str(home), DJANGO_SETTINGS_MODULE="regulars.platform.settings")
        import django  # noqa: PLC0415 - after the environment

        django.setup()
        from django.core.management import call_command  # noqa: PLC0415

        call_command("migrate", verbosity=0)
        took, latencies = _numbered(count)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        bare = _bare(home / "regulars.sqlite3", Path(folder) / "bare.sqlite3")
        searches = _searched(count)
    missed = _tell(count, took, bare, sorted(latencies), searches, memory)
    if missed:
        raise SystemExit("Goals that were not met: " + "; ".join(missed) + ".")


def _tell(
    count: int,
    took: float,
    bare: float,
    latencies: list[float],
    searches: dict[str, float],
    memory: float,
) -> list[str]:
    """Print and write what was measured; returns the goals that were missed."""
    late = latencies[int(len(latencies) * 0.95)] * 1e3
    rows: list[tuple[object, ...]] = [
        ("numbering them", f"**{took:.0f} s**", f"under {GOAL_SECONDS} s"),
        ("the same rows by bare `executemany` in one transaction", f"{bare:.0f} s", "told only"),
        ("a look-up and a small write meanwhile, median", f"{median(latencies) * 1e3:.0f} ms", ""),
        ("the same, 95 in 100", f"**{late:.0f} ms**", f"under {PAGE_GOAL_MS} ms"),
        ("the same, slowest", f"{latencies[-1] * 1e3:.0f} ms", "told only"),
        ("the slowest search afterwards", f"**{max(searches.values()) * 1e3:.0f} ms**", f"under {SEARCH_GOAL_MS} ms"),
        ("peak memory of the process", f"{memory:,.0f} MB", "told only"),
    ]  # fmt: skip
    publish(
        "customers_import",
        f"{count:,} new customers with an id, an address and a name each; "
        f"{len(latencies):,} look-ups meanwhile.\n\n" + table(("what", "measured", "goal"), rows),
    )
    for text, seconds in searches.items():
        print(f"  search for {text!r}: {seconds * 1e3:.0f} ms")
    checks = {
        f"{count:,} customers in under {GOAL_SECONDS} s": took < GOAL_SECONDS,
        f"95 in 100 look-ups under {PAGE_GOAL_MS} ms": late < PAGE_GOAL_MS,
        f"every search under {SEARCH_GOAL_MS} ms": max(searches.values()) * 1e3 < SEARCH_GOAL_MS,
    }
    for what, met in checks.items():
        print(f"  {what}: {'met' if met else 'MISSED'}")
    return [what for what, met in checks.items() if not met]


def _numbered(count: int) -> tuple[float, list[float]]:
    """Seconds of one resolve, and of the look-ups and small writes that pages made meanwhile."""
    import duckdb  # noqa: PLC0415

    from regulars.kernel.definitions import Definitions  # noqa: PLC0415
    from regulars.platform.customers import api as customers  # noqa: PLC0415
    from regulars.sources.identity.claims import Claims, resolve  # noqa: PLC0415

    con = duckdb.connect()
    con.execute(
        "CREATE TABLE stage AS SELECT 'shop' AS source, 'C' || i AS customer_id, "
        "'person' || hash(i) || '@mail.test' AS email, 'Person ' || i || ' of ' || (i % 977) AS name "
        f"FROM range({count}) t(i)"
    )
    latencies: list[float] = []
    done = threading.Event()
    reader = threading.Thread(target=_reads, args=(latencies, done))
    reader.start()
    begun = time.perf_counter()
    claims = Claims("stage", ("customer_id", "email"), has_name=True, has_country=False, source="shop")
    new = resolve(con, [claims], customers.resolver(), Definitions())
    took = time.perf_counter() - begun
    done.set()
    reader.join()
    assert new == count, new
    return took, latencies


def _reads(latencies: list[float], done: threading.Event) -> None:
    """What a page does: read a customer, and write a row to the audit log."""
    from django.db import connection  # noqa: PLC0415

    from regulars.platform.core.api import record  # noqa: PLC0415
    from regulars.platform.customers import api as customers  # noqa: PLC0415

    number = 1
    while not done.wait(0.02):
        begun = time.perf_counter()
        customers.contacts([number])
        customers.key_of([number])
        record(user=None, action="customer.seen", customer=number)
        latencies.append(time.perf_counter() - begun)
        number += 997
    connection.close()


def _bare(full: Path, empty: Path) -> float:
    """Seconds to write the rows of the finished database into a new one with the same tables and indexes."""
    tables = ("customers_customer", "customers_identifier", "customers_contact")
    source = sqlite3.connect(full)
    target = sqlite3.connect(empty)
    target.execute("PRAGMA journal_mode=WAL")
    target.execute("PRAGMA synchronous=NORMAL")
    rows = {}
    for name in tables:
        for (sql,) in source.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL", [name]
        ):
            target.execute(sql)
        rows[name] = source.execute(f"SELECT * FROM {name}").fetchall()
    begun = time.perf_counter()
    for name, found in rows.items():
        places = ", ".join("?" * len(found[0]))
        target.executemany(f"INSERT INTO {name} VALUES ({places})", found)
    target.commit()
    return time.perf_counter() - begun


def _searched(count: int) -> dict[str, float]:
    from regulars.platform.customers import api as customers  # noqa: PLC0415

    found = {}
    for text in (f"person {count - 1} of", "nobody at all", f"C{count // 2}", "mail.test", "017 3344"):
        begun = time.perf_counter()
        customers.search(text, may_see_contacts=True)
        found[text] = time.perf_counter() - begun
    return found


if __name__ == "__main__":
    main()
