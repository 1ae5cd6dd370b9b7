"""Runs peers in processes of their own and compares them: pairs that alternate, medians, peak memory, equal answers.

A peer is a module with `main(data, out)` that writes JSON: `startup` and `seconds` (wall clock), `steps` (seconds by output)
and `answers` (rows by output). See peers/protocol.py.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"


def environment(folder: Path, name: str, needed: list[str]) -> str | None:
    """The Python of an environment for peers, made once; None (and said so) where it cannot be installed."""
    home = folder / name
    python = home / "bin" / "python"
    if not python.exists():
        venv.create(home, with_pip=True)
        done = subprocess.run(
            [python, "-m", "pip", "install", "--quiet", *needed], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            print(
                f"{', '.join(needed)} cannot be installed here, so they are left out:\n{done.stderr}",
                file=sys.stderr,
            )
            return None
    return str(python)


@dataclass(frozen=True)
class Measured:
    """One run of a peer: `seconds` of work, `startup` before it (imports), peak resident memory of its process."""

    peer: str
    seconds: float
    startup: float
    peak_mb: float
    steps: dict[str, float] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def work(self) -> float:
        """Seconds without drawing, which no peer does."""
        return self.seconds - self.steps.get("drawing", 0.0)


def run(peer: str, *arguments: str, python: str = sys.executable) -> Measured:
    """Run `benchmarks.peers.<peer>` once. A peer that fails stops the benchmark with its own words."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.json"
        command = [python, "-m", f"benchmarks.peers.{peer}", str(out), *arguments]
        process = subprocess.Popen(command, cwd=ROOT)
        # wait4 tells the memory of this child alone.
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise SystemExit(f"{peer} failed ({process.returncode}): {' '.join(command)}")
        told = json.loads(out.read_text())
    return Measured(
        peer, told["seconds"], told["startup"], usage.ru_maxrss / 1024, told["steps"], told["answers"]
    )


@dataclass(frozen=True)
class Ratio:
    """Work of `ours` over `theirs`: the median over pairs that ran one after the other."""

    ours: tuple[Measured, ...]
    theirs: tuple[Measured, ...]

    @property
    def value(self) -> float:
        return median(a.work / b.work for a, b in zip(self.ours, self.theirs, strict=True))


def pairs(ours: list[str], theirs: list[str], *, count: int = 3, python: str = sys.executable) -> Ratio:
    """Run both `count` times, alternating which goes first."""
    first: list[Measured] = []
    second: list[Measured] = []
    for turn in range(count):
        for side in (ours, theirs) if turn % 2 == 0 else (theirs, ours):
            found = run(*side, python=sys.executable if side is ours else python)
            (first if side is ours else second).append(found)
            print(
                f"  {found.peer:<20} {found.seconds:8.2f} s  start {found.startup:5.2f} s  {found.peak_mb:7.0f} MB",
                flush=True,
            )
    return Ratio(tuple(first), tuple(second))


def differences(ours: dict[str, Any], theirs: dict[str, Any], tolerance: float = 1e-6) -> list[str]:
    """Where the answers of `ours` differ from `theirs`, for the outputs that both have and every number that they have."""
    found = []
    for name in sorted(ours.keys() & theirs.keys()):
        for key, wanted in theirs[name].items():
            have = ours[name].get(key)
            # A row of zeros may be left out.
            if abs(float(have or 0) - float(wanted)) > tolerance * max(1.0, abs(float(wanted))):
                found.append(f"{name} {key}: {have} against {wanted}")
    return found


def machine() -> str:
    """One line: day, cores, memory, versions."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("duckdb", "ibis-framework", "pandas", "pyarrow", "deltalake")
    )
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, {packages}"
    )


def table(header: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(header) + " |", "| " + " | ".join("---" for _ in header) + " |"]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows])


def publish(section: str, text: str) -> None:
    """Print a section and put it into docs/benchmarks.md, in place of an older one of that name."""
    body = f"{machine()}\n\n{text}\n"
    print(f"\n## {section}\n\n{body}", flush=True)
    start, end = f"<!-- {section} -->", f"<!-- end {section} -->"
    page = PAGE.read_text(encoding="utf-8")
    if start not in page:
        raise SystemExit(f"docs/benchmarks.md has no place for '{section}'")
    before, _, rest = page.partition(start)
    after = rest.partition(end)[2]
    PAGE.write_text(f"{before}{start}\n{body}{end}{after}", encoding="utf-8")
