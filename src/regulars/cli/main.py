"""The `regulars` command: the list of its commands. A command's module is loaded only when it is called."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from regulars.cli.guard import guarded


@dataclass(frozen=True)
class Command:
    """Where a command lives, what it does in one line, and what is safe when it is stopped half-way."""

    help: str
    safe: str = "Nothing was stored or changed."
    module: str = ""


_REPEAT = "The lake holds the last published version; running the command again completes the work."

COMMANDS: dict[str, Command] = {
    "report": Command("One HTML report from an order export: who stays, who leaves, what they are worth."),
    "import": Command("Bring exports into a lake, again and again.", _REPEAT, "imports"),
    "metrics": Command("Key figures by period, as table, JSON, CSV or Parquet."),
    "cohorts": Command("Customers by the month of their first order, and who came back."),
    "rfm": Command("Customers scored by recency, frequency and money."),
    "segments": Command("How many customers a rule finds, and what they are worth."),
    "predict": Command("What will happen: next order, lifetime value, the risk to be lost and why.", _REPEAT),
    "recommend": Command("What to offer: to buy again, to discover, with a basket, to a visitor; with the reason."),
    "pairs": Command("Products bought together more often than by chance, and bundles of them."),
    "whatif": Command("What more retention, or one more order a year, would be worth."),
    "window": Command("The activity window that the data proposes, and why."),
    "bridge": Command("From the files' total to the revenue used, step by step."),
    "lake": Command("Look after a lake: info, history, compact, vacuum, markets.", _REPEAT),
    "definitions": Command("Show or set what changes a figure: window, currency, markets, payment rules.", _REPEAT),
    "fx": Command("Update a lake's exchange rates from a file or a URL.", _REPEAT),
    "up": Command("Start the platform: sign in, import, see, share.", _REPEAT),
    "down": Command("Stop a platform that runs in the background."),
    "backup": Command("Write everything of a site into one file, while it runs.", "No file was left."),
    "restore": Command("Make a site of a back-up.", "Unpack again into an empty folder."),
    "where": Command("In which places data of a person is."),
    "export": Command("Everything about one person in one readable file."),
    "erase": Command("Erase a person everywhere, with a certificate.", "Run it again: what is left is erased then."),
    "object": Command("Stop profiling a person who objects to it."),
    "demo": Command("Run everything on the demo shops, and say which file to open.", _REPEAT),
    "doctor": Command("Say what is wrong with this installation, or with a lake, and how to mend it."),
    "version": Command("The version of Regulars."),
}  # fmt: skip

_EPILOGUE = """\
Start here:

  regulars report orders.csv        one file in, one HTML report out; nothing else is left behind
  regulars COMMAND --help           explains a command, with examples
"""


class LazyGroup(TyperGroup):
    """Loads a command's module when it is called, so that `--help` answers at once; guards every call."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        command = COMMANDS.get(cmd_name)
        if command is None:
            return None
        module = import_module(f"regulars.cli.commands.{command.module or cmd_name}")
        found = typer.main.get_command(module.app)
        found.name = cmd_name
        return found

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        names: dict[str, Any] = dict.fromkeys(COMMANDS)
        self.commands = names  # 'did you mean' looks at the names alone
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help) for name, command in COMMANDS.items()])
        formatter.write_paragraph()
        for line in _EPILOGUE.splitlines():
            formatter.write(f"{line}\n")

    def invoke(self, ctx: Any) -> Any:
        name = next(iter([*ctx._protected_args, *ctx.args]), "")
        command = COMMANDS.get(name)
        with guarded(command.safe if command else ""):
            return super().invoke(ctx)


app = typer.Typer(cls=LazyGroup, rich_markup_mode=None, add_completion=False, no_args_is_help=True)


@app.callback()
def _regulars() -> None:
    """Regulars: see who stays, who leaves and what each customer is worth."""


def run() -> None:
    """Run the command line. Ends the process with 0, or with the error's code (2 input, 70 our fault, 130 stopped)."""
    # A command lives for seconds and makes few cycles; looking for them as often as Python does by itself takes
    # a twentieth of a report's time.
    gc.set_threshold(50_000, 20, 20)
    app(prog_name="regulars")
