"""Run the platform's tests a second time, on PostgreSQL; says so loudly where there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from support.postgres import programs  # noqa: E402 - found through the path above

# Tests that have nothing to do with the database, or start sites of their own on SQLite.
_ELSEWHERE = ("tests/platform/running/test_supervise.py",)


def main() -> int:
    """The tests' exit code; 0 with a notice where PostgreSQL cannot be had."""
    if programs() is None:
        print("NOT RUN: the platform's tests on PostgreSQL (it is not installed; apt-get install postgresql)")
        return 0
    print("\nThe platform's tests again, on PostgreSQL:")
    skipped = [f"--ignore={path}" for path in _ELSEWHERE]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "tests/platform", *skipped, *sys.argv[1:]],
        cwd=ROOT, env={**os.environ, "REGULARS_TEST_DATABASE": "postgresql"}, check=False,
    ).returncode  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
