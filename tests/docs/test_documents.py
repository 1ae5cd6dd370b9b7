"""The documents tell the truth: their examples run, their links lead somewhere, the reference is what the code says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from regulars.cli.main import COMMANDS
from regulars.metrics.analysis import Analysis
from regulars.notebook import Shop
from support.documents import Block, blocks
from support.shop import write

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    path
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    if path.exists() and "decisions" not in path.parts
)
WITH_EXAMPLES = [path for path in DOCUMENTS if any(block.reason is None for block in blocks(path))]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    write(folder)
    return folder


@pytest.mark.parametrize("document", WITH_EXAMPLES, ids=named)
def test_the_examples_of_a_document_run(document: Path, shop: Path, tmp_path: Path, monkeypatch: Any) -> None:
    for file in shop.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    names: dict[str, Any] = {"__name__": "example"}
    try:
        for block in blocks(document):
            if block.reason is None:
                run(block, document, names)
    finally:
        closed(names)


def closed(names: dict[str, Any]) -> None:
    """Close what an example left open, as a notebook's end would."""
    for value in names.values():
        if isinstance(value, Shop):
            value.close()
        elif isinstance(value, Analysis):
            value.engine.close()


def run(block: Block, document: Path, names: dict[str, Any]) -> None:
    place = f"{named(document)}:{block.line}"
    if block.kind == "python":
        exec(compile("\n" * block.line + block.text, str(document), "exec"), names)
        return
    done = subprocess.run(["bash", "-ec", block.text], capture_output=True, text=True)
    assert done.returncode == 0, f"{place}: {done.stderr[-2000:]}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_the_links_of_a_document_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_reference_says_what_the_code_says() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "reference.py", "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_readme_names_every_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"regulars {name}" not in readme and f"`{name}`" not in readme] == []


def test_the_start_page_leads_to_every_page() -> None:
    pages = {path.name for path in (ROOT / "docs").rglob("*.md") if "decisions" not in path.parts} - {
        "start.md"
    }
    start = (ROOT / "docs" / "start.md").read_text(encoding="utf-8")
    assert sorted(page for page in pages if page not in start) == []
