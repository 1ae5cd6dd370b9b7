"""How long a person waits: the command's start, and a report on the real demo shop from its files."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.harness import publish, table
from regulars.demo import online_retail


def main(folder: Path, repeats: int) -> None:
    """Measure and write the table."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        report = Path(scratch) / "report.html"
        files = [str(file) for file in online_retail.files()]
        commands = {
            "`regulars --version`": ["--version"],
            "`regulars --help`": ["--help"],
            "`regulars report` on the real demo shop (1,067,370 lines)": [
                "report",
                *files,
                "--output",
                str(report),
            ],
        }
        rows = [
            (name, f"{median(_seconds(command) for _ in range(repeats)):.2f} s")
            for name, command in commands.items()
        ]
    publish("waiting", f"Median of {repeats}.\n\n{table(('command', 'time'), rows)}")


def _seconds(arguments: list[str]) -> float:
    began = time.perf_counter()
    done = subprocess.run(
        [Path(sys.executable).with_name("regulars"), *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SystemExit(f"regulars {' '.join(arguments)} failed:\n{done.stderr}")
    return time.perf_counter() - began
