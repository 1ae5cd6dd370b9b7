"""Writes docs/reference from the code: commands, tables, settings. `--check` only says what is stale.

The figures have a page of their own, written by tests/spec/reference.py with the tables that prove them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, get_type_hints

import typer

from regulars.cli.main import COMMANDS, app
from regulars.kernel import definitions as kernel_definitions
from regulars.kernel.definitions import Definitions
from regulars.lake.tables import TABLES

FOLDER = Path(__file__).parents[1] / "docs" / "reference"
_MADE = (
    "<!-- Written by tools/reference.py from the code: do not edit. `make reference` writes it anew. -->\n"
)


def tables() -> str:
    """Every fact table with its columns."""
    parts = [
        "# Tables\n",
        "The fact tables of a lake. Every engine reads them as plain Delta tables; a mapping may feed any of them.\n",
    ]
    erasing = {
        "rows": "removes the rows",
        "unlink": "empties the customer number",
        "nothing": "changes nothing",
    }
    for table in TABLES.values():
        parts.append(
            f"## {table.name}\n\n{table.doc}\n\nKey: {', '.join(f'`{k}`' for k in table.key)}. "
            f"Erasing a customer {erasing[table.erase]}.\n\n| column | type | meaning |\n| --- | --- | --- |"
        )
        for c in table.columns:
            values = f" One of: {', '.join(c.one_of)}." if c.one_of else ""
            parts.append(
                f"| `{c.name}` | {c.type}{', always there' if c.required else ''} | {c.doc}.{values} |"
            )
        parts.append("")
    return "\n".join(parts)


def commands() -> str:
    """Every command's own help."""
    parts = ["# Commands\n", "What each command says with `--help`.\n"]
    root = typer.main.get_command(app)
    context = root.make_context("regulars", [], resilient_parsing=True, terminal_width=100)
    for name in COMMANDS:
        parts += _command(root.get_command(context, name), f"regulars {name}", context)  # type: ignore[attr-defined]
    return "\n".join(parts)


def _command(command: Any, path: str, parent: Any) -> list[str]:
    context = command.make_context(
        path.split()[-1], [], parent=parent, resilient_parsing=True, terminal_width=100
    )
    parts = [f"## {path}\n\n```text\n{command.get_help(context).strip()}\n```\n"]
    for name in getattr(command, "commands", {}):
        parts += _command(command.commands[name], f"{path} {name}", context)
    return parts


def settings() -> str:
    """Every setting of the definitions with its type and standard value."""
    parts = ["# Settings\n", f"{(kernel_definitions.__doc__ or '').strip()}\n", f"{(Definitions.__doc__ or '').strip()}\n",
             "| setting | type | standard |\n| --- | --- | --- |"]  # fmt: skip
    hints = get_type_hints(Definitions)
    for field in fields(Definitions):
        standard = "" if field.default is MISSING else field.default
        shown = f"{len(standard)} rules, below" if field.name == "payment_rules" else f"`{standard!r}`"
        kind = (
            str(hints[field.name]).replace("typing.", "").replace("regulars.kernel.", "").replace("|", "or")
        )
        kind = kind.removeprefix("<class '").removesuffix("'>")
        parts.append(f"| `{field.name}` | {kind} | {shown} |")
    parts.append("\n## Payment rules\n\nThe first rule that matches decides.\n")
    parts.append("| state | kind | market | counts |\n| --- | --- | --- | --- |")
    for rule in kernel_definitions.STANDARD_PAYMENT_RULES:
        counts = rule.counts.replace("_", " ") + (
            f" (under {rule.days} days)" if rule.counts == "while_recent" else ""
        )
        parts.append(f"| {rule.state or 'any'} | {rule.kind or 'any'} | {rule.market or 'any'} | {counts} |")
    return "\n".join(parts) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands,
    "tables.md": tables,
    "settings.md": settings,
}


def stale() -> list[str]:
    """The pages that no longer say what the code says."""
    return [name for name, page in PAGES.items() if _read(FOLDER / name) != _MADE + page()]


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def main() -> int:
    """Write the pages, or with `--check` end with 1 where one is stale."""
    if "--check" in sys.argv[1:]:
        old = stale()
        print("The reference is fresh." if not old else f"Stale: {', '.join(old)}. Run: make reference")
        return 1 if old else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (FOLDER / name).write_text(_MADE + page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
