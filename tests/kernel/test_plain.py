"""What was put down as plain values comes back as it was."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

import pytest

from regulars.kernel.definitions import as_plain
from regulars.kernel.plain import from_plain
from regulars.metrics import Bridge, Quality, WhatIf, WindowProposal
from support import report_sample as sample


@pytest.mark.parametrize(
    ("kind", "value"),
    [(WindowProposal, sample.window()), (WhatIf, sample.whatif()), (Bridge, sample.bridge()), (Quality, sample.quality())],
)  # fmt: skip
def test_every_answer_comes_back_from_json(kind: type[object], value: object) -> None:
    assert from_plain(kind, json.loads(json.dumps(as_plain(value)))) == value


@dataclass(frozen=True)
class _Visit:
    day: date
    pages: tuple[int, ...] = ()
    note: str | None = None


def test_what_was_left_out_is_none_or_its_default() -> None:
    assert from_plain(_Visit, {"day": "2026-01-31"}) == _Visit(date(2026, 1, 31))


def test_what_is_needed_is_missed() -> None:
    with pytest.raises(KeyError):
        from_plain(_Visit, {"pages": [1]})
