"""Regulars: a CSV file into a lake, with everything that an import does."""

import time

BEGAN = time.perf_counter()

from pathlib import Path  # noqa: E402 - the clock starts before the imports

from benchmarks.peers.protocol import Answer, Clock, serve  # noqa: E402
from benchmarks.questions import CURRENCY  # noqa: E402
from regulars.kernel.definitions import Definitions  # noqa: E402
from regulars.lake import Lake  # noqa: E402
from regulars.sources import LoadOptions, SourceFile, import_into  # noqa: E402


def work(arguments: list[str]) -> tuple[dict[str, float], dict[str, Answer]]:
    """Arguments: the CSV file, the lake's folder (made where there is none)."""
    file, folder = (Path(argument) for argument in arguments)
    lake = Lake.open(folder) if Lake.is_lake(folder) else Lake.create(folder)
    clock = Clock()

    def progress(step: str, _: float | None = None) -> None:
        # Told when a step begins: what ran until now was the step before.
        clock.lap(current[0])
        current[0] = step

    current = ["opening"]
    summary = import_into(
        lake,
        [SourceFile(file)],
        definitions=Definitions(zone="UTC", currency=CURRENCY),
        options=LoadOptions(currency=CURRENCY, zone="UTC"),
        progress=progress,
    )
    clock.lap(current[0])
    return clock.steps, {"import": {"rows": sum(found.rows for found in summary.files)}}


if __name__ == "__main__":
    serve(work, BEGAN)
