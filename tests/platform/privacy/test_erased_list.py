"""The list of who was erased: many may add to it at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from regulars.platform.erased_list import FILE, add, read


def _line(n: int) -> dict[str, object]:
    return {"reference": f"r{n}", "at": "2026-01-01T00:00:00+00:00", "marks": []}


def test_two_who_add_at_once_lose_no_line(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda n: add(tmp_path / FILE, [_line(n), _line(0)]), range(80)))
    assert {line["reference"] for line in read(tmp_path / FILE)} == {f"r{n}" for n in range(80)}
    assert sum(added) == 80


def test_a_line_that_was_cut_off_spoils_none_that_follows(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"refe')
    assert add(tmp_path / FILE, [_line(1)]) == 1
    assert read(tmp_path / FILE) == [_line(1)]
