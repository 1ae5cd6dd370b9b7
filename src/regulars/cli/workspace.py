"""From the options of a command to an analysis that is ready, from files or from a lake, on either engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from regulars.cli.guard import say
from regulars.cli.leftovers import sweep
from regulars.cli.options import Inputs, named_files
from regulars.cli.settings import definitions_with
from regulars.kernel.definitions import Definitions
from regulars.kernel.errors import InputError
from regulars.kernel.progress import Progress
from regulars.lake import Lake
from regulars.lake.engines import DuckEngine, Engine, open_engine
from regulars.metrics.opening import Opened, definitions_at, open_files, open_lake_with
from regulars.notebook import Shop
from regulars.sources import LoadOptions, SourceFile
from regulars.sources.loading.options import DEFAULT_SOURCE


@contextmanager
def opened(inputs: Inputs, progress: Progress) -> Iterator[Shop]:
    """The shop that the options ask for; its engine and temporary data go when the block ends, however it ends."""
    sweep()
    with _engine(inputs, progress) as engine:
        if inputs.lake is not None:
            ready = _from_lake(inputs, inputs.lake, engine, progress)
        elif isinstance(engine, DuckEngine):
            ready = open_files(
                engine,
                source_files(inputs),
                definitions_of(inputs, Definitions()),
                options=load_options(inputs),
                as_of=inputs.as_of,
                progress=progress,
            )
        else:
            raise InputError(
                "Spark reads lakes, not files.",
                where="--engine",
                do="Import first: regulars import orders.csv --lake shop.lake, then use --lake shop.lake.",
            )
        yield Shop(ready)


def definitions_of(inputs: Inputs, known: Definitions) -> Definitions:
    """The definitions with what the options say in place of what they said."""
    return definitions_with(
        known,
        window=inputs.window,
        currency=inputs.currency,
        tz=inputs.tz,
        markets=inputs.markets,
        margin=inputs.margin,
    )


def source_files(inputs: Inputs) -> list[SourceFile]:
    """The files named, each with its source; the costs file is one of them. Raises InputError where there is none."""
    named = named_files(inputs.files, inputs.source)
    if not named:
        raise InputError(
            "no file is named.", do="Name one (regulars report orders.csv), or a lake (--lake shop.lake)."
        )
    found = [SourceFile(path, source or DEFAULT_SOURCE) for path, source in named]
    costs = [] if inputs.costs is None else [SourceFile(inputs.costs, "costs")]
    all_there([file.path for file in found + costs])
    return found + costs


def load_options(inputs: Inputs) -> LoadOptions:
    """How the files are to be read."""
    return LoadOptions(
        mapping=inputs.mapping, currency=inputs.currency, zone=inputs.tz, day_first=inputs.day_first
    )


def all_there(paths: Sequence[Path]) -> None:
    """Raise InputError for the first path that does not exist."""
    for path in paths:
        if not path.exists():
            raise InputError("there is no such file.", where=str(path), do="Check the name and the folder.")


def _from_lake(inputs: Inputs, path: Path, engine: Engine, progress: Progress) -> Opened:
    if inputs.files or inputs.source:
        raise InputError("files and a lake were both named.", where="--lake", do="Name one of the two.")
    if inputs.markets is not None or inputs.tz is not None or inputs.costs is not None:
        raise InputError(
            "a lake's markets, time zones and costs are settled when it is imported.",
            where="--markets, --tz, --costs",
            do="Change them with 'regulars lake markets' or by importing the costs.",
        )
    if inputs.day_first is not None:
        raise InputError(
            "a lake's days were read when it was imported.",
            where="--day-first, --month-first",
            do="Import the files again with it.",
        )
    lake = Lake.open(path)
    known = definitions_of(inputs, definitions_at(lake, inputs.version))
    return open_lake_with(lake, engine, known, version=inputs.version, as_of=inputs.as_of, progress=progress)


@contextmanager
def _engine(inputs: Inputs, progress: Progress) -> Iterator[Engine]:
    engine = open_engine(inputs.engine, progress=progress)
    try:
        yield engine
    finally:
        engine.close()


def tell_window(shop: Shop) -> None:
    """Say on stderr how the activity window was found, where it was not given."""
    if shop.proposal is None:
        return
    weak = "".join(f" {reason.words}" for reason in shop.proposal.weak)
    say(f"Activity window: {shop.analysis.window} days, proposed from the data (--window sets it).{weak}")
