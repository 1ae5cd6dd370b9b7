"""What `regulars doctor` looks at. A check is a function that returns findings; each problem says how to mend it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import pyarrow as pa

from regulars.kernel.errors import RegularsError
from regulars.kernel.installing import install_command
from regulars.lake import Lake
from regulars.lake.engines import DuckEngine
from regulars.lake.health import check
from regulars.lake.tables import ORDERS

State = Literal["ok", "weak", "broken"]
_NEEDED_DISK, _NEEDED_MEMORY = 2_000_000_000, 2_000_000_000
OLDEST_JAVA = 17


@dataclass(frozen=True)
class Finding:
    """One line of the doctor. `broken`: work will fail; `weak`: something optional is missing. `mend`: what to do."""

    subject: str
    state: State
    said: str
    mend: str = ""


def python() -> Finding:
    """Which interpreter this is; older ones than 3.11 cannot install us."""
    return Finding("Python", "ok", f"{'.'.join(map(str, sys.version_info[:3]))} in {sys.prefix}")


def packages() -> Finding:
    """Everything that regulars itself needs is installed."""
    try:
        needed = requires("regulars") or []
    except PackageNotFoundError:
        return Finding("Packages", "broken", "regulars itself is not installed", "Run: pip install .")
    missing = _missing(line for line in needed if "extra ==" not in line)
    if missing:
        return Finding(
            "Packages", "broken", f"missing: {', '.join(missing)}", f"Run: pip install {' '.join(missing)}"
        )
    shown = ", ".join(f"{n} {version(n)}" for n in ("duckdb", "ibis-framework", "pyarrow", "deltalake"))
    return Finding("Packages", "ok", f"regulars {version('regulars')}; {shown}")


def _missing(requirements: Iterable[str]) -> list[str]:
    """The packages that these requirements name and that are not installed."""
    names = [re.split(r"[\s<>=!~\[;]", line, maxsplit=1)[0] for line in requirements]
    return [name for name in names if not _installed(name)]


def _installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def engine() -> Finding:
    """DuckDB answers a question through the same path as every figure."""
    try:
        duck = DuckEngine()
        try:
            duck.put("probe", pa.table({"n": [1, 2]}))
            duck.bind(ORDERS, [])
            found = duck.run(ORDERS.ibis.aggregate(n=ORDERS.ibis.count())).to_pylist()
        finally:
            duck.close()
    except Exception as error:  # whatever is wrong with the engine is this check's finding
        said = f"does not work: {str(error).splitlines()[0] if str(error) else type(error).__name__}"
        return Finding(
            "Engine", "broken", said, "Run: pip install --force-reinstall duckdb ibis-framework pyarrow"
        )
    return Finding("Engine", "ok" if found == [{"n": 0}] else "broken", "DuckDB works")


def zones() -> Finding:
    """Time zone data is there."""
    try:
        offset = datetime(2026, 7, 1, 12, tzinfo=UTC).astimezone(ZoneInfo("Europe/Oslo")).utcoffset()
    except Exception as error:  # missing or damaged zone data shows itself in several ways
        return Finding(
            "Time zones", "broken", f"no zone data ({type(error).__name__})", "Run: pip install tzdata"
        )
    return Finding("Time zones", "ok", f"zone data works (Oslo in July is UTC+{offset})")


def java() -> Finding:
    """A Java runtime for Spark, and pyspark. Both optional."""
    if not _installed("pyspark"):
        return Finding(
            "Spark",
            "weak",
            "not installed (only needed for --engine spark://...)",
            f"Run: {install_command('spark')}",
        )
    home = os.environ.get("JAVA_HOME")
    program = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    mend = (
        f"Install a Java runtime, {OLDEST_JAVA} or newer (Debian: apt-get install openjdk-17-jre-headless)."
    )
    if program is None or not Path(program).exists():
        return Finding("Spark", "weak", f"pyspark {version('pyspark')}, but no Java runtime", mend)
    told = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stderr
    quoted = told.split('"')[1] if told.count('"') >= 2 else "0"
    major = int(quoted.split(".")[0]) if quoted.split(".")[0].isdigit() else 0
    if major < OLDEST_JAVA:
        return Finding("Spark", "weak", f"pyspark {version('pyspark')}, but Java {quoted} is too old", mend)
    return Finding("Spark", "ok", f"pyspark {version('pyspark')}, Java {quoted}")


def notebook() -> Finding:
    """pandas and Polars, both optional."""
    missing = [name for name in ("pandas", "polars") if not _installed(name)]
    if missing:
        said = f"{' and '.join(missing)} not installed (only needed in notebooks)"
        return Finding("Notebook", "weak", said, f"Run: {install_command('notebook')}")
    return Finding("Notebook", "ok", f"pandas {version('pandas')}, polars {version('polars')}")


def platform() -> Finding:
    """What the running site needs, optional."""
    marker = re.compile(r"extra == ['\"]platform['\"]")
    missing = _missing(line for line in requires("regulars") or () if marker.search(line))
    if missing:
        said = f"{', '.join(missing)} not installed (only needed for the running site, 'regulars up')"
        return Finding("Platform", "weak", said, f"Run: {install_command('platform')}")
    return Finding("Platform", "ok", f"django {version('django')}, waitress {version('waitress')}")


def temporary_space() -> Finding:
    """Large files spill to the temporary folder."""
    folder = tempfile.gettempdir()
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix="regulars-probe-"):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        return Finding(
            "Temporary folder",
            "broken",
            f"{folder}: {error.strerror}",
            "Set TMPDIR to a folder that you may write to.",
        )
    said = f"{folder} has {_gigabytes(free)} free"
    if free < _NEEDED_DISK:
        return Finding(
            "Temporary folder",
            "weak",
            said,
            "Large files need about twice their size: free some, or set TMPDIR.",
        )
    return Finding("Temporary folder", "ok", said)


def memory() -> Finding:
    """Free memory, where the system tells."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError):
        return Finding("Memory", "ok", "the system does not tell how much is free")
    said = f"{_gigabytes(free)} free"
    if free < _NEEDED_MEMORY:
        return Finding(
            "Memory", "weak", said, "Files of millions of orders need up to 2 GB: close other programs."
        )
    return Finding("Memory", "ok", said)


def here() -> Finding:
    """Whether reports can be written where one stands."""
    folder = Path.cwd()
    if os.access(folder, os.W_OK):
        return Finding("This folder", "ok", f"{folder} can be written to")
    return Finding(
        "This folder", "weak", f"{folder} cannot be written to", "Name a file elsewhere with --output."
    )


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB"


CHECKS: tuple[Callable[[], Finding], ...] = (
    python, packages, engine, zones, temporary_space, memory, here, platform, notebook, java,
)  # fmt: skip


_STATES: dict[str, State] = {"fine": "ok", "warning": "weak", "error": "broken"}


def of_lake(path: Path) -> list[Finding]:
    """The health of one lake: readable, whole, writable."""
    try:
        found = [Finding("Lake", _STATES[one.level], one.what, one.do) for one in check(Lake.open(path))]
    except RegularsError as error:
        return [Finding("Lake", "broken", error.what, error.do)]
    if not os.access(path, os.W_OK):
        found.append(
            Finding("Lake", "weak", f"{path} cannot be written to", "Imports need write permission.")
        )
    return found
