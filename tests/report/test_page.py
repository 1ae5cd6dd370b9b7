"""The page: safe, self-contained, readable by everybody, in any language."""

import itertools
import json
import re
from dataclasses import replace
from decimal import Decimal
from gettext import NullTranslations
from html.parser import HTMLParser

import pytest

from regulars.charts import Look, Words, rfm_grid
from regulars.metrics.rfm_scores import GROUPS
from regulars.report import LANGUAGES, as_json, phrases, render_html
from regulars.report.render import render_in
from regulars.report.svg import inline
from support import report_sample as sample

VOID = {"meta", "br", "link", "img", "input", "hr"}


class Page(HTMLParser):
    """Tags, ids, texts and nesting of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self.open[-1] if self.open else "", data.strip()))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def html() -> str:
    return render_html(sample.content(), "en")


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_the_page_is_well_formed(page: Page) -> None:
    assert page.open == []


def test_nothing_is_run_and_nothing_is_fetched(html: str, page: Page) -> None:
    assert not [tag for tag, _ in page.tags if tag in ("script", "link", "img", "iframe", "object")]
    outside = re.findall(r"(?:https?:)?//[\w.]+", html)
    assert set(outside) <= {"http://www.w3.org"}  # the namespace of SVG, which nobody fetches
    assert not any(name.startswith("on") for _, attrs in page.tags for name in attrs)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_markets_report_leaves_out_what_is_the_companys_and_says_whom_it_is_about(language: str) -> None:
    of_market = sample.content(market="NO", markets=(), bridge=None, costs=None, quality=None)
    text = render_html(of_market, language)
    page = Page(text)
    assert page.open == []
    ids = {attrs.get("id") for _, attrs in page.tags}
    assert {"bridge", "costs", "quality", "markets"}.isdisjoint(ids)
    for link in page.named("a"):
        assert str(link["href"]).removeprefix("#") in ids
    assert text.count({"en": "Norway", "de": "Norwegen", "nb": "Norge", "ro": "Norvegia"}[language]) == 2


def test_a_markets_report_says_that_its_groups_are_scored_apart(html: str) -> None:
    said = "Here the customers of this market are scored among themselves."
    assert said in render_html(sample.content(market="NO")) and said not in html


def test_the_browser_is_told_to_refuse_scripts(html: str) -> None:
    assert "default-src 'none'; style-src 'unsafe-inline'" in html


def test_hostile_names_are_shown_and_never_obeyed() -> None:
    evil = sample.content(
        name=sample.HOSTILE,
        summary=sample.summary(file=sample.HOSTILE),
        markets=tuple(replace(line, market=sample.HOSTILE) for line in sample.content().markets),
    )
    text = render_html(evil, "en")
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert Page(text).open == []


def test_ids_are_unique_and_links_lead_somewhere(page: Page) -> None:
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    links = {(attrs["href"] or "").removeprefix("#") for attrs in page.named("a")}
    assert links <= set(ids)


def test_headings_go_down_one_step_at_a_time(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_there_are_landmarks_and_a_way_to_skip_to_the_content(page: Page) -> None:
    for landmark in ("header", "nav", "main", "footer"):
        assert len(page.named(landmark)) == 1
    assert page.named("a")[0]["href"] == "#main"


def test_every_table_has_a_caption_and_named_columns(page: Page) -> None:
    assert len(page.named("table")) == len(page.named("caption"))
    assert all("scope" in attrs for attrs in page.named("th"))


def test_every_chart_has_a_title_and_a_description(page: Page) -> None:
    charts = [attrs for attrs in page.named("svg") if attrs.get("role") == "img"]
    ids = {attrs.get("id") for _, attrs in page.tags}
    assert len(charts) >= 9
    assert all(set((attrs["aria-labelledby"] or "").split()) <= ids for attrs in charts)


def test_charts_take_their_colours_from_the_page(html: str) -> None:
    drawn = "".join(re.findall(r"<svg class=\"chart\".*?</svg>", html, re.S))
    assert "var(--accent)" in drawn
    assert not re.findall(r"(?:fill|stroke)=\"(?:#|rgb)", drawn)


def test_every_section_opens_with_a_sentence(page: Page) -> None:
    leads = [attrs for attrs in page.named("p") if attrs.get("class") == "lead"]
    assert len(leads) == len(page.named("section"))


def test_unfinished_cells_are_marked_for_eyes_and_ears(html: str) -> None:
    assert re.search(r'<td class="unfinished">\d+<span class="hidden"> \(unfinished\)</span>', html)
    assert 'class="already_there"' in html


def test_the_page_is_small(html: str) -> None:
    assert len(html.encode()) < 1_500_000


def test_an_incomplete_rate_is_never_the_headline() -> None:
    content = sample.content()
    short = replace(content, kept=replace(content.kept, complete=False))
    title = re.search(r"<h1>(.*?)</h1>", render_html(short, "en"))
    assert title is not None
    assert title[1] == "The data is too short for a retention rate with a window of 240 days."


def test_nobody_is_named_unless_asked(html: str) -> None:
    assert "office@example.org" not in html
    assert "o***@example.org" in html
    assert "It names no person." in html


def test_people_are_named_when_asked() -> None:
    text = render_html(sample.content(people=(sample.person("Ada Lovelace"),)), "en")
    assert "Ada Lovelace" in text
    assert "It names no person." not in text


def test_small_markets_are_set_apart(html: str) -> None:
    head, _, small = html.partition("Small samples: fewer than 30 customers")
    assert "Norway" in small
    assert "Norway" not in re.sub(r"<svg.*?</svg>", "", head, flags=re.S)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_its_language(language: str) -> None:
    assert f'<html lang="{language}" dir="ltr">' in render_html(sample.content(), language)


def test_a_right_to_left_language_turns_the_page_round() -> None:
    assert '<html lang="ar" dir="rtl">' in render_in(sample.content(), Words("ar"))


class Circled(NullTranslations):
    """A language whose every letter is circled, so that a text that did not pass through it is seen."""

    def gettext(self, message: str) -> str:
        return "".join(_circled(part) for part in re.split(r"({\w+})", message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


def _circled(text: str) -> str:
    if text.startswith("{"):
        return text
    return "".join(chr(0x24D0 + ord(c.lower()) - 97) if c.isascii() and c.isalpha() else c for c in text)


def test_no_text_is_hard_wired() -> None:
    page = Page(render_in(sample.content(findings=sample.every_finding()), Words("en", Circled())))
    data = {"shop", "orders", "GBP", "EUR", "United", "Kingdom", "Germany", "France", "Norway", "example", "org",
            "Customer", "sheet", "csv", "name", "customer", "Europe", "London"}  # fmt: skip
    dates = {"Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov"}
    wired = {
        word
        for tag, text in page.texts
        if tag not in ("style", "code", "title", "desc") and "time zone" not in text
        for word in re.findall(r"[A-Za-z]{3,}", text)
    }
    assert wired - data - dates == set()
    assert {name for _, name in GROUPS}.isdisjoint(text for _, text in page.texts)


def test_the_same_content_is_json() -> None:
    found = json.loads(as_json(sample.content(findings=sample.every_finding())))
    assert found["kept"]["kept"] == 1850
    assert found["key"][0]["now"]["value"] == "61.4"
    assert found["findings"][0]["values"]


def test_charts_show_numbers_whole_in_every_language() -> None:
    cells = [{"recency": r, "frequency": f, "customers": 1435} for r in range(1, 6) for f in range(1, 6)]
    for language, shown in (("en", "1,435"), ("de", "1.435"), ("ro", "1.435")):
        drawn = inline(rfm_grid(cells, Look(words=Words(language))), "grid", "t", "d")
        assert drawn.count(f">{shown}<") == 25
    # Coordinates are short all the same.
    assert not re.search(r"translate\(\d+\.\d{3}", drawn)


def test_a_change_that_rounds_to_nothing_is_neither_good_nor_bad() -> None:
    figure = next(figure for figure in sample.content().key if figure.now.unit != "percent" and figure.before)
    assert figure.before is not None and figure.before.value
    alike = replace(figure, now=replace(figure.now, value=figure.before.value * Decimal("1.0004")))
    more = replace(figure, now=replace(figure.now, value=figure.before.value * Decimal("1.002")))
    assert (phrases.verdict(alike), bool(phrases.verdict(more))) == ("", True)
