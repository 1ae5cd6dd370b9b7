"""Writing a rule: what may stand at the cursor, how many it finds while one types, where a mistake is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from regulars.kernel.errors import RuleError
from regulars.platform.core import api as core
from regulars.platform.core.api import User
from regulars.platform.insights import api as insights
from regulars.platform.insights.api import NothingYet, TooSlow, segments
from regulars.platform.web.people import Question, asked_of
from regulars.platform.web.rule_words import in_words, mistake_words

SIZE_JOB = "insights.rule_size"


@dataclass(frozen=True)
class Mistake:
    """A mistake and the line that it is in, with carets under the word."""

    what: str
    do: str
    line: str
    carets: str


@dataclass(frozen=True)
class Counted:
    """How many a rule finds: a number, a mistake, or a job that counts in the background. `words`: the rule in words;
    `dropped`: it was not counted, because one asked something else meanwhile or the counting failed."""

    customers: int | None = None
    mistake: Mistake | None = None
    job: int | None = None
    words: str = ""
    nothing: bool = False
    dropped: bool = False


def mistake_of(error: RuleError) -> Mistake:
    """The mistake as a page shows it: a rule may have several lines, and one may be long."""
    start = error.text.rfind("\n", 0, error.at) + 1
    end = error.text.find("\n", error.at)
    line = error.text[start : len(error.text) if end < 0 else end]
    at = error.at - start
    cut = max(0, at - 60)
    shown = ("…" if cut else "") + line[cut : at + error.length + 60]
    place = at - cut + (1 if cut else 0)
    length = min(error.length, max(1, len(shown) - place))
    what, do = mistake_words(error)
    return Mistake(what, do, shown.replace("\t", " "), " " * place + "^" * length)


def count(rule: str, user: User) -> Counted:
    """How many customers within the user's reach the rule finds, within two seconds; else a job goes on counting."""
    if not rule.strip():
        return Counted()
    try:
        words = in_words(rule)
        info = insights.current()
        asked = asked_of(Question(rule=rule), user.reach, info.currency if info else None)
        with insights.asking() as analysis:
            return Counted(insights.members_page(analysis, **asked, limit=0).customers, words=words)
    except RuleError as error:
        return Counted(mistake=mistake_of(error))
    except NothingYet:
        return Counted(words=words, nothing=True)
    except TooSlow:
        return Counted(job=_count_later(rule, user).pk, words=words)


def _count_later(rule: str, user: User) -> core.Job:
    """One question of a user waits at most: while one types, the newest takes the place of the one before."""
    asked: dict[str, Any] = {
        "rule": rule,
        "markets": None if user.reach.markets is None else sorted(user.reach.markets),
    }
    key = f"user:{user.pk}"
    for older in core.Job.objects.filter(kind=SIZE_JOB, key=key, state=core.Job.State.WAITING):
        if older.arguments != asked:
            core.cancel(number=older.pk)
    return core.start_job(kind=SIZE_JOB, key=key, by=user, **asked)


def counted(job: core.Job) -> Counted:
    """What a counting job has found; its number while it has not ended."""
    words = in_words(job.arguments["rule"])
    if job.state in (core.Job.State.WAITING, core.Job.State.RUNNING):
        return Counted(job=job.pk, words=words)
    if job.state != core.Job.State.DONE:
        return Counted(words=words, dropped=True)
    result: dict[str, Any] = job.result or {}
    return Counted(result.get("customers"), words=words, nothing=result.get("customers") is None)


def suggestions(text: str, at: str, user: User) -> segments.Completion:
    """What may stand at the cursor."""
    place = int(at) if at.isascii() and at.isdigit() and len(at) < 7 else len(text)
    return segments.complete(
        text, place, segments.KNOWN, lambda column: segments.values_of(column, user.reach)
    )


@dataclass(frozen=True)
class Example:
    """A rule to start from."""

    name: str
    rule: str


def examples() -> list[Example]:
    """Ready-made rules; names in the reader's language."""
    return [
        Example(_("High-value customers"), "rfm_group in (champions, loyal)"),
        Example(_("At risk of leaving"), "rfm_group in (at_risk, cannot_lose)"),
        Example(_("New in the last 30 days"), "days_since_first_order <= 30"),
        Example(_("One-time buyers"), "orders = 1 and days_since_last_order > 90"),
        Example(_("Began with a discount"), "first_order_discounted and orders = 1"),
        Example(_("Regulars who are late"), "orders >= 3 and days_since_last_order between 60 and 180"),
    ]
