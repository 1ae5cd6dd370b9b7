"""The retention report: what stands out in words, the page, four languages.

`build` fills the content from an analysis, `render_html` writes the page, `as_json` the same content as JSON.
"""

from regulars.charts.words import Words
from regulars.report.build import ReportOptions, build
from regulars.report.content import ReportContent
from regulars.report.render import as_json, render_html
from regulars.report.texts import LANGUAGES, words

__all__ = ["LANGUAGES", "ReportContent", "ReportOptions", "Words", "as_json", "build", "render_html", "words"]
