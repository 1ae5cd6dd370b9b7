"""`regulars report`: one file, nothing else, whatever happens."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Call = Callable[..., Result]
COMMAND = str(Path(sys.executable).with_name("regulars"))


def test_a_report_is_one_html_file_without_outside_requests(
    shop: Path, tmp_path: Path, regulars: Call
) -> None:
    page = tmp_path / "out" / "shop.html"
    page.parent.mkdir()
    done = regulars(
        "report", shop / "orders.csv", "--output", page, "--margin", "40%", "--costs", shop / "costs.csv"
    )
    assert done.exit_code == 0, done.stderr
    assert [path.name for path in page.parent.iterdir()] == ["shop.html"]
    text = page.read_text(encoding="utf-8")
    assert text.lower().startswith("<!doctype html>")
    assert 'src="http' not in text
    assert "<script" not in text
    assert 'id="ahead"' in text


def test_nobody_is_named_unless_asked_for(shop: Path, tmp_path: Path, regulars: Call) -> None:
    pages = {}
    for name, more in (("plain", ()), ("people", ("--people",))):
        path = tmp_path / f"{name}.html"
        done = regulars("report", shop / "orders.csv", "--output", path, "--no-predict", *more)
        assert done.exit_code == 0, done.stderr
        pages[name] = path.read_text(encoding="utf-8")
    assert "@mail.test" not in pages["plain"]
    assert len(pages["people"]) > len(pages["plain"])


def test_the_content_as_json_writes_no_file(
    shop: Path, tmp_path: Path, regulars: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = regulars("report", shop / "orders.csv", "--json", "--no-predict")
    content = json.loads(done.stdout)[0]
    assert content["currency"] == "EUR" and "ahead" not in content
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_refused_before_the_work(
    shop: Path, tmp_path: Path, regulars: Call
) -> None:
    done = regulars("report", shop / "orders.csv", "--output", tmp_path / "missing" / "x.html")
    assert done.exit_code == 2
    assert "no such folder" in done.stderr


def test_a_language_without_texts_is_refused(shop: Path, regulars: Call) -> None:
    done = regulars("report", shop / "orders.csv", "--lang", "xx")
    assert done.exit_code == 2
    assert "Use one of: en" in done.stderr


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_stopping_leaves_nothing_behind(how: signal.Signals, shop: Path, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    process = subprocess.Popen(
        [COMMAND, "report", str(shop / "orders.csv"), "--output", str(tmp_path / "x.html"), "--progress"],
        env={**os.environ, "TMPDIR": str(scratch)}, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    give_up = time.monotonic() + 120
    while not list(scratch.glob("regulars-*")) and time.monotonic() < give_up:
        time.sleep(0.02)
    process.send_signal(how)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Stopped. Nothing was stored or changed." in said
    assert "Traceback" not in said
    assert list(scratch.iterdir()) == []
    assert not (tmp_path / "x.html").exists()


def test_what_a_killed_run_leaves_the_next_one_removes(shop: Path, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    environment = {**os.environ, "TMPDIR": str(scratch)}
    arguments = [
        COMMAND,
        "report",
        str(shop / "orders.csv"),
        "--output",
        str(tmp_path / "x.html"),
        "--no-predict",
    ]
    process = subprocess.Popen(
        arguments, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    give_up = time.monotonic() + 120
    while not list(scratch.glob("regulars-*")) and time.monotonic() < give_up:
        time.sleep(0.02)
    process.kill()
    process.wait()
    assert list(scratch.iterdir()) != []
    subprocess.run(arguments, env=environment, check=True, capture_output=True)
    assert list(scratch.iterdir()) == []
