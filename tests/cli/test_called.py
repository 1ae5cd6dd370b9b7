"""Commands that are printed can be typed where one stands."""

import os
import sys
from pathlib import Path

import pytest

from regulars.cli.called import called, shortest


@pytest.fixture
def program(tmp_path, monkeypatch):
    """A `regulars` in an environment below the folder where one stands."""
    path = tmp_path / ".venv" / "bin" / "regulars"
    path.parent.mkdir(parents=True)
    path.write_text("#!/bin/sh\n", encoding="ascii")
    path.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [str(path)])
    monkeypatch.setenv("PATH", os.defpath)
    return path


def test_an_environment_that_is_not_active_is_called_by_its_path(program):
    assert called() == ".venv/bin/regulars"


def test_one_that_is_active_is_called_by_its_name(program, monkeypatch):
    monkeypatch.setenv("PATH", str(program.parent))
    assert called() == "regulars"


def test_a_folder_is_named_from_here_where_it_lies_below(program):
    assert shortest(Path.cwd() / "demo" / "site") == "demo/site"
    assert shortest(Path("/srv/regulars")) == "/srv/regulars"
