"""Into a lake: twice changes nothing, later exports replace, contradictions stop, two at once both arrive."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import pytest

from regulars.kernel.errors import ConflictError
from regulars.lake import Lake
from regulars.lake.engines import DuckEngine
from regulars.sources import LocalResolver, SourceFile, import_into

HEAD = "order_id,customer_id,email,date,amount,currency,country\n"
FIRST = (
    HEAD + "1,a,kari@fjell.no,2026-01-01 10:00:00,10,NOK,NO\n2,b,ola@fjell.no,2026-01-02 10:00:00,20,NOK,NO\n"
)
IMPORT = (
    "import sys; from pathlib import Path; from regulars.lake import Lake; from regulars.sources import *\n"
    "import_into(Lake.open(sys.argv[1]), [SourceFile(Path(sys.argv[2]), sys.argv[3])])"
)


@pytest.fixture
def lake(tmp_path) -> Lake:
    return Lake.create(tmp_path / "lake")


def asked(lake: Lake, query: str) -> list[tuple[object, ...]]:
    engine = DuckEngine()
    try:
        lake.bind(engine)
        return engine.con.execute(query).fetchall()
    finally:
        engine.close()


def test_importing_twice_changes_nothing(lake, write):
    file = SourceFile(write("orders.csv", FIRST))
    first, second = import_into(lake, [file]), import_into(lake, [file])
    assert (first.lake_version, first.new_customers) == (1, 2)
    assert (second.lake_version, second.new_customers) == (1, 0)


def test_a_later_export_replaces_what_it_repeats(lake, write):
    import_into(lake, [SourceFile(write("a.csv", FIRST))])
    import_into(lake, [SourceFile(write("b.csv", FIRST.replace(",20,", ",25,")))])
    assert asked(lake, "SELECT order_id, goods FROM orders ORDER BY 1") == [
        ("1", Decimal("10")),
        ("2", Decimal("25")),
    ]


def test_a_contradiction_to_the_lake_stops_and_changes_nothing(lake, write):
    import_into(lake, [SourceFile(write("a.csv", FIRST))])
    other = FIRST.replace("2,b,ola@fjell.no", "2,c,eva@fjell.no")
    with pytest.raises(ConflictError, match="Order 2 of source 'shop'"):
        import_into(lake, [SourceFile(write("b.csv", other))])
    assert lake.version == 1
    assert import_into(lake, [SourceFile(write("b.csv", other), "second")]).lake_version == 2


def test_a_dry_run_writes_nothing(lake, write):
    summary = import_into(lake, [SourceFile(write("a.csv", FIRST))], dry_run=True)
    assert summary.dry_run
    assert summary.new_customers == 2
    assert lake.version == 0
    assert not LocalResolver.beside(lake.path).path.exists()


def test_no_personal_data_reaches_the_lake(lake, write):
    import_into(lake, [SourceFile(write("a.csv", FIRST))])
    stored = b"".join(path.read_bytes() for path in lake.path.rglob("*") if path.is_file())
    assert b"fjell.no" not in stored
    people = LocalResolver.beside(lake.path).path
    assert people.stat().st_mode & 0o077 == 0


def test_coverage_is_the_first_and_last_local_day(lake, write):
    import_into(lake, [SourceFile(write("a.csv", FIRST), "no")])
    (covered,) = lake.coverage()
    assert (covered.source, str(covered.first), str(covered.last)) == ("no", "2026-01-01", "2026-01-02")


def test_two_imports_at_once_both_arrive(lake, write, tmp_path):
    files = {name: write(f"{name}.csv", FIRST) for name in ("no", "de")}
    running = [
        subprocess.Popen([sys.executable, "-c", IMPORT, str(lake.path), str(path), name])
        for name, path in files.items()
    ]
    assert [process.wait(timeout=120) for process in running] == [0, 0]
    assert asked(
        lake, "SELECT source, count(*), count(DISTINCT customer) FROM orders GROUP BY 1 ORDER BY 1"
    ) == [
        ("de", 2, 2),
        ("no", 2, 2),
    ]
    assert asked(lake, "SELECT count(DISTINCT customer) FROM orders") == [(2,)]


def test_the_resolver_keeps_its_numbers(lake, write):
    import_into(lake, [SourceFile(write("a.csv", FIRST))])
    before = asked(lake, "SELECT order_id, customer FROM orders ORDER BY 1")
    newer = HEAD + "3,0first,0@fjell.no,2026-01-03 10:00:00,5,NOK,NO\n"
    import_into(lake, [SourceFile(write("b.csv", newer))])
    assert asked(lake, "SELECT order_id, customer FROM orders ORDER BY 1") == [*before, ("3", 3)]


def test_an_id_that_is_new_does_not_take_over_a_known_e_mail(lake, write):
    import_into(lake, [SourceFile(write("a.csv", FIRST))])
    newer = (
        HEAD
        + "3,z,kari@fjell.no,2026-01-03 10:00:00,5,NOK,NO\n4,,kari@fjell.no,2026-01-04 10:00:00,5,NOK,NO\n"
    )
    import_into(lake, [SourceFile(write("b.csv", newer))])
    found = dict(asked(lake, "SELECT order_id, customer FROM orders"))
    assert found["3"] not in (found["1"], found["2"])
    assert found["4"] == found["1"]
