"""The content as one self-contained page: no script, no outside request, everything escaped."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, PackageLoader, StrictUndefined, select_autoescape
from jinja2.bccache import Bucket
from markupsafe import Markup

from regulars.charts import Words, spark
from regulars.report import ahead_text, findings_text, phrases, sentences
from regulars.report.chart_rows import rfm_rows, whatif_rows
from regulars.report.content import KeyFigure, ReportContent
from regulars.report.tables import cohort_table
from regulars.report.texts import words


class _Compiled(FileSystemBytecodeCache):
    """Compiled templates where Python keeps this compiled module: compiling takes longer than filling in.

    Jinja sees by itself when a template or Python has changed, but not when Jinja or the options below have.
    """

    _OPTIONS = 1

    def __init__(self) -> None:
        folder = Path(cache_from_source(__file__)).parent
        super().__init__(str(folder), f"template-%s.{version('jinja2')}-{self._OPTIONS}")

    def dump_bytecode(self, bucket: Bucket) -> None:
        if not sys.dont_write_bytecode:
            with suppress(OSError):  # installed where this user may not write
                Path(self.directory).mkdir(parents=True, exist_ok=True)
                super().dump_bytecode(bucket)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("regulars.report", "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_Compiled(),
    )
    source, _, _ = environment.loader.get_source(environment, "report.css")  # type: ignore[union-attr]
    environment.globals["css"] = Markup(source)
    return environment


def render_html(content: ReportContent, language: str = "en") -> str:
    """The page in a language (one of LANGUAGES). Raises InputError for another."""
    return render_in(content, words(language))


def as_json(content: ReportContent) -> str:
    """The same content as JSON: dates and decimals as text, what is unknown left out."""
    return json.dumps(content.as_plain(), ensure_ascii=False, indent=1, default=str)


def render_in(content: ReportContent, w: Words) -> str:
    """The page with any Words; tests bring a language of their own."""
    template = _environment().get_template("page.html.j2")
    return template.render(**_names(content, w))


def _names(c: ReportContent, w: Words) -> dict[str, Any]:
    """What the templates may use."""
    # Altair is slow to load, and only a page has charts.
    from regulars.report.pictures import pictures  # noqa: PLC0415 - see above

    def change(figure: KeyFigure) -> str | None:
        return sentences.change(figure, w, c.currency)

    def line(figure: KeyFigure) -> str:
        return spark([row.value for row in figure.trend if row.complete and row.value is not None])

    return {
        "c": c,
        "w": w,
        "t": w.t,
        "n": w.n,
        "say": sentences,
        "phrases": phrases,
        "ahead": ahead_text,
        "pictures": pictures(c, w),
        "told": [(finding, findings_text.tell(finding, c, w)) for finding in c.findings],
        "change": change,
        "spark": line,
        "triangle": cohort_table(c),
        "rfm_rows": rfm_rows(c.rfm.cells),
        "whatif_rows": whatif_rows(c.whatif),
    }
