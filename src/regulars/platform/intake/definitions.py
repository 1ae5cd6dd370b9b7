"""The definitions of figures: they stand in the lake, and change by a job, since somebody else may be writing there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any
from zoneinfo import available_timezones

from babel.core import get_global
from babel.numbers import list_currencies
from django.db import transaction

from regulars.kernel.definitions import Definitions, as_plain
from regulars.kernel.errors import InputError
from regulars.kernel.markets import Market
from regulars.platform.core.api import Job, Running, User, publish, record, start_job
from regulars.platform.intake import lakes
from regulars.platform.intake.tasks import slowly

KIND = "intake.definitions"
# What may be changed on a page. The rest is written into definitions.toml by hand, as docs/concepts.md says.
CHANGEABLE = (
    "window_days", "currency", "zone", "include_tax", "include_shipping", "one_email_is_one_customer", "markets",
)  # fmt: skip
_CUTS_PERIODS = ("zone", "markets")  # facts carry their market and local day: they are written anew


def definitions() -> Definitions:
    """Those in force; where nothing was imported yet, those that a new lake begins with."""
    found = lakes.lake()
    return Definitions() if found is None else found.definitions()


def differences(*, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the changes that are not in force already, as plain values (None: propose from the data). Raises InputError."""
    old = definitions()
    new = changed(old, changes)
    return {
        name: as_plain(getattr(new, name)) for name in changes if getattr(new, name) != getattr(old, name)
    }


def change_definitions(*, by: User, changes: Mapping[str, Any]) -> Job | None:
    """Start the job that changes some definitions and leaves the others; None where nothing would change.

    `changes` holds plain values under names of CHANGEABLE; markets are lists of {code, countries, zone}. Raises
    InputError that names what is wrong. Two changes at once are made one after the other; none is lost.
    """
    different = differences(changes=changes)
    if not different:
        return None
    with transaction.atomic():
        record(user=by, action="definitions.changed", **different)
        return start_job(kind=KIND, by=by, changes=different)


def facts_are_rewritten(*, names: Mapping[str, Any]) -> bool:
    """Whether changing these definitions rewrites the facts, which takes minutes where there are many."""
    return any(name in names for name in _CUTS_PERIODS)


def changing() -> Job | None:
    """The last change, as long as it waits, runs, or has failed."""
    last = Job.objects.filter(kind=KIND).order_by("-pk").first()
    return None if last is None or last.state in (Job.State.DONE, Job.State.CANCELLED) else last


def put_in_force(job: Running) -> dict[str, Any]:
    """The job. It may run twice: what is in force already is only told once more."""
    lake = lakes.made_lake()
    changes: dict[str, Any] = job.arguments["changes"]
    new = changed(lake.definitions(), changes)
    if new != lake.definitions():
        if facts_are_rewritten(names=changes) and lake.coverage():
            version = lake.rewrite_markets(new, progress=slowly(job))
        else:
            with lake.writer(progress=slowly(job)) as writer:
                version = writer.publish(definitions=new, note="definitions changed")
    else:
        version = lake.version
    publish("definitions.changed", key="definitions", lake_version=version)
    return {"lake_version": version}


def changed(old: Definitions, changes: Mapping[str, Any]) -> Definitions:
    """`old` with changes. Raises InputError."""
    values = dict(changes)
    unknown = sorted(set(values) - set(CHANGEABLE))
    if unknown:
        raise _wrong(unknown[0], "This cannot be changed here.", f"Known are {', '.join(CHANGEABLE)}.")
    days = values.get("window_days")
    if days is not None and not (isinstance(days, int) and 7 <= days <= 3_650):
        raise _wrong("window_days", "The window is not possible.", "Give 7 to 3650 days.")
    currency = values.get("currency")
    if currency is not None and currency not in list_currencies():
        raise _wrong("currency", f"There is no currency {currency}.", "Give its three letters, such as EUR.")
    if "zone" in values:
        _zone(values["zone"], "zone")
    if "markets" in values:
        values["markets"] = _markets(values["markets"])
    known = {field.name for field in fields(Definitions)}
    return replace(old, **{name: value for name, value in values.items() if name in known})


def _markets(plain: Any) -> tuple[Market, ...]:
    """Markets from plain values: codes are told apart, a country is in one of them."""
    found: list[Market] = []
    taken: dict[str, str] = {}
    for item in plain:
        code = str(item["code"]).strip()
        countries = tuple(str(country).strip().upper() for country in item["countries"])
        if not code or any(market.code == code for market in found):
            raise _wrong(
                "markets", f"The market {code} is there twice.", "Give each market a name of its own."
            )
        if not countries:
            raise _wrong("markets", f"The market {code} has no country.", "Name at least one, such as DE.")
        for country in countries:
            if country not in get_global("territory_currencies"):
                raise _wrong(
                    "markets", f"There is no country {country}.", "Give its two letters, such as DE."
                )
            if country in taken:
                both = f"{taken[country]}, {code}"
                raise _wrong("markets", f"{country} is in two markets: {both}.", "Leave it in one of them.")
            taken[country] = code
        _zone(item["zone"], "markets")
        found.append(Market(code, countries, str(item["zone"])))
    return tuple(found)


def _zone(name: Any, where: str) -> None:
    if name not in available_timezones():
        raise _wrong(where, f"There is no time zone {name}.", "Give one such as Europe/Oslo.")


def _wrong(where: str, what: str, do: str) -> InputError:
    return InputError(what, where=where, do=do)
