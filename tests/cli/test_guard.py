"""Whatever happens, a person gets a message and the process a meaningful code; never a traceback."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
import typer

from regulars.cli.guard import guarded
from regulars.cli.leftovers import sweep
from regulars.kernel.errors import InputError, RuleError


def code_of(error: BaseException, safe: str = "Nothing was stored.") -> int:
    with pytest.raises(typer.Exit) as ended, guarded(safe):
        raise error
    return ended.value.exit_code


def test_an_error_says_what_where_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert code_of(InputError("it is empty.", where="a.csv", do="Export it again.")) == 2
    assert capsys.readouterr().err == "Error: a.csv: it is empty.\nExport it again.\n"


def test_a_mistake_in_a_rule_points_at_the_word(capsys: pytest.CaptureFixture[str]) -> None:
    code_of(RuleError("no such column", text="ordrs >= 3", at=0, length=5))
    assert "ordrs >= 3\n  ^^^^^" in capsys.readouterr().err


def test_a_surprise_is_no_traceback_and_says_how_to_report_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert code_of(ZeroDivisionError("division by zero")) == 70
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert "Nothing was stored." in said
    assert "REGULARS_DEBUG=1" in said


def test_the_traceback_is_there_for_who_asks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGULARS_DEBUG", "1")
    code_of(ZeroDivisionError("division by zero"))
    assert "Traceback" in capsys.readouterr().err


def test_a_full_disk_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert code_of(OSError(28, "No space left on device", "lake/x")) == 2
    assert "lake/x: No space left on device." in capsys.readouterr().err


def test_ctrl_c_says_what_is_safe(capsys: pytest.CaptureFixture[str]) -> None:
    assert code_of(KeyboardInterrupt()) == 130
    assert capsys.readouterr().err == "\nStopped. Nothing was stored.\n"


def test_being_asked_to_end_is_handled_as_ctrl_c() -> None:
    with pytest.raises(typer.Exit) as ended, guarded(""):
        os.kill(os.getpid(), signal.SIGTERM)
    assert ended.value.exit_code == 130


def test_mistakes_in_the_command_line_are_left_to_the_command_line() -> None:
    with pytest.raises(typer.BadParameter), guarded(""):
        raise typer.BadParameter("x")


def test_folders_of_killed_runs_are_swept_and_those_of_running_ones_are_not(tmp_path: Path) -> None:
    gone = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(gone, 0)
    for name in (f"regulars-{gone}-abc", f"regulars-{os.getpid()}-abc", "regulars-probe", "other"):
        (tmp_path / name).mkdir()
    assert sweep(tmp_path) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "other",
        f"regulars-{os.getpid()}-abc",
        "regulars-probe",
    ]
