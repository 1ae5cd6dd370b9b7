"""docs/platform/settings.md names every variable and every setting, with its standard."""

from __future__ import annotations

from pathlib import Path

import pytest

from regulars.platform import config
from regulars.platform.core.settings_store import DEFAULTS

PAGE = (Path(__file__).parents[3] / "docs" / "platform" / "settings.md").read_text(encoding="utf-8")
LINES = [line for line in PAGE.splitlines() if line.startswith("| `")]


@pytest.mark.parametrize("variable", config.VARIABLES, ids=lambda variable: variable.name)
def test_every_variable_is_named_with_its_standard(variable: config.Variable) -> None:
    (line,) = [line for line in LINES if line.startswith(f"| `{variable.name}`")]
    assert not variable.default or f"`{variable.default}`" in line
    assert ("(secret)" in line) is variable.secret


@pytest.mark.parametrize("name", DEFAULTS)
def test_every_setting_is_named(name: str) -> None:
    assert any(line.startswith(f"| `{name}`") for line in LINES)


def test_no_variable_is_named_that_is_not_there() -> None:
    known = {variable.name for variable in config.VARIABLES} | set(DEFAULTS)
    assert {line.split("`")[1] for line in LINES} <= known
