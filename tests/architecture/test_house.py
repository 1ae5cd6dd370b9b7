"""The rules of the house, held by a machine. Each test names the rule; the message names the place."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST_FILE, LONGEST_FUNCTION = 600, 70
LARGE_FILES = re.compile(
    r"(src/regulars/demo/data|src/regulars/lake/fx|docs/images)/"
)  # demo shop, rates, pictures
LARGEST = 1_000_000
MACHINE = re.compile(
    r"/(?:work|home|root|Users)/\w|(?:pypi|npmjs|artifactory)\.\w+|https?://[\w.]*(?:registry|nexus)"
)


def tracked(*suffixes: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = (ROOT / name for name in listed.splitlines())
    return [path for path in found if path.is_file() and (not suffixes or path.suffix in suffixes)]


def parsed(folder: str) -> Iterator[tuple[Path, ast.Module]]:
    for path in tracked(".py"):
        if path.relative_to(ROOT).as_posix().startswith(folder):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def place(path: Path, line: int = 1) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


pytestmark = pytest.mark.skipif(
    not (ROOT / ".git").exists(), reason="the rules look at the files that git tracks"
)


def test_no_file_is_longer_than_600_lines() -> None:
    lengths = {place(p): p.read_text(encoding="utf-8").count("\n") for p in tracked(".py")}
    assert {name: n for name, n in lengths.items() if n > LONGEST_FILE} == {}


def test_no_function_is_longer_than_70_lines() -> None:
    long = [
        f"{place(path, f.lineno)} {f.name}: {length}"
        for path, tree in parsed("")
        for f in functions(tree)
        if (length := (f.end_lineno or f.lineno) - f.lineno + 1) > LONGEST_FUNCTION
    ]
    assert long == []


def test_the_arrows_point_down() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_every_dependency_has_its_reason_beside_it() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    extras = [name for names in project["optional-dependencies"].values() for name in names]
    lines = {line.split('"')[1]: line for line in text.splitlines() if line.strip().startswith('"')}
    bare = [
        name
        for name in project["dependencies"] + extras
        if not name.startswith("regulars[") and "# " not in lines[name]
    ]
    assert bare == []


def test_tracked_texts_name_no_machine_path_and_no_registry() -> None:
    found = []
    for path in tracked(".py", ".md", ".toml", ".ini", ".cfg", ".j2", ".po", "", ".txt", ".yml", ".html"):
        if path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if MACHINE.search(line):
                found.append(f"{place(path, number)}: {line.strip()[:80]}")
    assert found == []


def written(folder: str) -> list[tuple[Path, ast.Module]]:
    """What people wrote: Django writes migrations."""
    return [(path, tree) for path, tree in parsed(folder) if "migrations" not in path.parts]


def test_public_functions_and_modules_of_the_package_say_what_they_do() -> None:
    silent = [
        place(path) for path, tree in written("src/regulars") if tree.body and not ast.get_docstring(tree)
    ]
    for path, tree in written("src/regulars"):
        silent += [
            f"{place(path, node.lineno)} {node.name}"
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
            and not node.name.startswith("_")
            and not ast.get_docstring(node)
            and (node.end_lineno or 0) - node.lineno > 3  # a name and two lines may say it all
        ]
    assert silent == []


def test_only_the_command_prints() -> None:
    printing = [
        place(path, node.lineno)
        for path, tree in parsed("src/regulars")
        if "cli" not in path.relative_to(ROOT / "src/regulars").parts[:1]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert printing == []


def test_an_import_inside_a_function_has_its_reason_beside_it() -> None:
    bare = []
    for path, tree in parsed("src/regulars"):
        lines = path.read_text(encoding="utf-8").splitlines()
        for function in functions(tree):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    written = " ".join(lines[node.lineno - 1 : node.end_lineno])
                    if not re.search(r"noqa: [A-Z0-9, ]*PLC0415\s*[-#]+\s*\S+", written):
                        bare.append(place(path, node.lineno))
    assert bare == []


def test_no_file_is_larger_than_a_megabyte_unless_it_is_demo_data_rates_or_a_picture() -> None:
    large = [
        place(path)
        for path in tracked()
        if path.stat().st_size > LARGEST and not LARGE_FILES.match(path.relative_to(ROOT).as_posix())
    ]
    assert large == []


def test_nothing_is_left_to_be_done_later() -> None:
    mark = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|HA" r"CK)\b|raise NotImplemented" r"Error")
    found = [
        f"{place(path, number)}: {line.strip()[:80]}"
        for path in tracked(".py", ".md", ".toml")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if mark.search(line)
    ]
    assert found == []


def test_no_code_of_our_own_is_mocked() -> None:
    mocking = [
        place(path, node.lineno)
        for path, tree in parsed("tests")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom | ast.Import)
        and any("mock" in (alias.name or "") for alias in node.names)
    ]
    assert mocking == []
