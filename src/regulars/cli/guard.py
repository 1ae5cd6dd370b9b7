"""Whatever happens, a person gets a message, never a traceback: what was wrong, what is safe, what to do."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import typer

from regulars.kernel.errors import RegularsError

STOPPED = 130  # as shells count it: 128 + SIGINT
OUR_FAULT = 70  # EX_SOFTWARE of sysexits.h
# How typer ends a command, and mistakes in the command line, which typer reports itself.
_MEANT = (typer.Exit, typer.Abort, *(b for b in typer.BadParameter.__mro__ if b.__name__ == "ClickException"))


class Stopped(KeyboardInterrupt):
    """Somebody asked the process to end (SIGTERM): leave as on Ctrl-C, so that temporary data goes too."""


def _stop(signum: int, frame: FrameType | None) -> None:
    raise Stopped


@contextmanager
def guarded(safe: str) -> Iterator[None]:
    """Turn any failure inside into a message on stderr and an exit code; `safe` says what a stop left untouched."""
    previous = signal.signal(signal.SIGTERM, _stop)
    try:
        yield
    except Exception as error:
        if isinstance(error, _MEANT):
            raise
        raise typer.Exit(_told(error, safe)) from None
    except KeyboardInterrupt:
        say(f"\nStopped. {safe}")
        raise typer.Exit(STOPPED) from None
    finally:
        signal.signal(signal.SIGTERM, previous)


def say(text: str) -> None:
    """A line for the person, on stderr."""
    print(text, file=sys.stderr, flush=True)


def _told(error: Exception, safe: str) -> int:
    if os.environ.get("REGULARS_DEBUG") == "1":
        say("".join(traceback.format_exception(error)))
    if isinstance(error, RegularsError):
        say(f"Error: {error}")
        return error.exit_code
    if isinstance(error, BrokenPipeError):
        # The reader of our output left (`| head`): no error, but stdout must not be flushed again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    if type(error).__name__ == "InterruptException":  # DuckDB's word for Ctrl-C during a query
        say(f"\nStopped. {safe}")
        return STOPPED
    return _unexpected(error, safe)


def _unexpected(error: Exception, safe: str) -> int:
    if isinstance(error, OSError) and error.strerror:
        say(f"Error: {error.filename or 'the system'}: {error.strerror}.\n{safe}")
        return RegularsError.exit_code
    first = next(iter(str(error).strip().splitlines()), "")
    say(
        f"Error: Regulars met something that it does not understand ({type(error).__name__}: {first[:200]}).\n"
        f"{safe}\n"
        "This is a mistake in Regulars. Run the same command with REGULARS_DEBUG=1 and report what it prints\n"
        "(remove customer data first); 'regulars doctor' may name the cause."
    )
    return OUR_FAULT
