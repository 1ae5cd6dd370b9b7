"""Both demo shops from their exports to their reports: what `regulars demo` and `make demo` do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from regulars.demo import nordlys, online_retail
from regulars.kernel.definitions import Definitions
from regulars.kernel.progress import Progress, silent
from regulars.lake import Lake
from regulars.lake.engines import DuckEngine
from regulars.metrics.figures import Row
from regulars.metrics.opening import open_lake_with
from regulars.report import ReportOptions, build, render_html
from regulars.sources import ImportSummary, LoadOptions, SourceFile, import_into

KEY_FIGURES = (
    "customers_at_end", "retention_rate", "churn_rate", "repeat_purchase_rate", "orders", "aov", "revenue_net",
)  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """One shop: what it is, where its exports, lake and reports lie, what the imports told, the headline's key figures."""

    name: str
    what: str
    exports: Path
    lake: Path
    imports: tuple[ImportSummary, ...]
    figures: tuple[Row, ...]
    reports: tuple[Path, ...]


@dataclass(frozen=True)
class _Step:
    """Files that are imported together."""

    files: tuple[SourceFile, ...]
    options: LoadOptions


def run(folder: Path, progress: Progress = silent) -> tuple[Shown, Shown]:
    """Write the exports of both shops into `folder`, import them into a lake each, and write the reports.

    Running it again imports the same files again, which changes nothing, and writes the reports anew.
    """
    return online_retail_shop(folder, progress), nordlys_shop(folder, progress)


def online_retail_shop(folder: Path, progress: Progress = silent) -> Shown:
    """The real shop: two yearly exports, one report in English."""
    exports = folder / "online_retail"
    progress("writing the exports of the real shop", None)
    files = online_retail.write(exports)
    step = _Step(tuple(SourceFile(file) for file in files), LoadOptions())
    definitions = Definitions(zone=online_retail.ZONE, currency=online_retail.CURRENCY)
    reports = {"en": folder / "online_retail.html"}
    what = "a real British gift shop, December 2009 to December 2011"
    return _shown("Online Retail II", what, exports, (step,), definitions, reports, progress)


def nordlys_shop(folder: Path, progress: Progress = silent) -> Shown:
    """The made-up shop: four stores in one lake, with costs and margins; one report in English, one in German."""
    exports = folder / "nordlys"
    progress("making up the exports of Nordlys", None)
    written = nordlys.write(nordlys.plan(), exports)
    steps = [
        _Step(
            tuple(SourceFile(file, export.source) for file in export.files),
            LoadOptions(mapping=export.mapping, zone=export.zone),
        )
        for export in written.exports
    ]
    steps.append(_Step((SourceFile(written.costs, "company"),), LoadOptions()))
    reports = {"en": folder / "nordlys.html", "de": folder / "nordlys.de.html"}
    what = "a made-up shop of four stores in four currencies"
    return _shown("Nordlys", what, exports, tuple(steps), nordlys.DEFINITIONS, reports, progress)


def _shown(
    name: str,
    what: str,
    exports: Path,
    steps: tuple[_Step, ...],
    definitions: Definitions,
    reports: dict[str, Path],
    progress: Progress,
) -> Shown:
    place = exports / "lake"
    lake = Lake.open(place) if Lake.is_lake(place) else Lake.create(place)
    if lake.definitions() != definitions:
        lake.set_definitions(definitions, note=f"definitions of {name}")
    told = _under(f"{name}: ", progress)
    imports = tuple(
        import_into(lake, step.files, definitions=definitions, options=step.options, progress=told)
        for step in steps
    )
    engine = DuckEngine()
    try:
        figures = _report(lake, engine, definitions, name, reports, told)
    finally:
        engine.close()
    return Shown(name, what, exports, place, imports, figures, tuple(reports.values()))


def _report(
    lake: Lake,
    engine: DuckEngine,
    definitions: Definitions,
    name: str,
    reports: dict[str, Path],
    progress: Progress,
) -> tuple[Row, ...]:
    """Write the reports; returns the key figures of the headline period."""
    opened = open_lake_with(lake, engine, definitions, progress=progress)
    content = build(
        opened.analysis,
        opened.summary,
        ReportOptions(name=name, proposal=opened.proposal, predict=True),
        progress,
    )
    for language, path in reports.items():
        progress(f"drawing the report ({language})", None)
        path.write_text(render_html(content, language), encoding="utf-8")
    now = {figure.slug: figure.now for figure in content.key}
    return tuple(now[slug] for slug in KEY_FIGURES if slug in now)


def _under(prefix: str, progress: Progress) -> Callable[[str, float | None], None]:
    """Progress whose steps say which shop they belong to."""

    def tell(step: str, share: float | None = None) -> None:
        progress(prefix + step, share)

    return tell
