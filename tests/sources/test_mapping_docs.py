"""docs/mapping.md names every key that the reader knows, and its example is a mapping."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from regulars.sources.mapping import read
from regulars.sources.mapping.fields import IDENTITY, LINE_FIELDS
from regulars.sources.mapping.model import LINE_KINDS

TEXT = (Path(__file__).parents[2] / "docs" / "mapping.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("key", [*read._TOP, *read._FEED, *read._COMPOSE, *read._MODIFIERS, *read._UNITS,
                                 *LINE_FIELDS, *LINE_KINDS, *IDENTITY])  # fmt: skip
def test_every_key_is_in_the_reference(key):
    assert key == "whole" or f"`{key}`" in TEXT


def test_the_example_is_a_mapping():
    (example,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    mapping = read.parse_mapping(example, where="docs/mapping.md")
    assert mapping.feeds[0].table == "orders"
    assert mapping.feeds[0].joins[0].file == "accounts"
