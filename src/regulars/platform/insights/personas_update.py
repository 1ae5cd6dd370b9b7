"""The job that finds personas: a run `groups` with who belongs to which, their portraits, and how stable they are.

Safe to run again and to be killed half-way: a persona that a killed run made and nobody named is removed by the next.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F

from regulars import __version__
from regulars.kernel.errors import InputError
from regulars.metrics.analysis import Analysis
from regulars.platform.core.api import Running
from regulars.platform.customers import api as customers
from regulars.platform.insights import personas_find as find
from regulars.platform.insights import runs
from regulars.platform.insights.models import FormerName, Persona, Run, Snapshot
from regulars.platform.insights.personas_find import GROUPS, Before, Found
from regulars.platform.insights.rules.personas import free_name
from regulars.platform.insights.segments_working import at_work, current_snapshot
from regulars.prediction.clusters import Grouping, Portrait

KIND = "insights.group"
PROGRAM = f"{__version__}/1"
Step = Callable[[str, float | None], None]


def group(job: Running) -> dict[str, Any] | None:
    """Bring the personas to the current snapshot, unless they are there already."""
    snapshot = current_snapshot()
    if snapshot is None:
        return None
    shown = runs.current(Run.Sort.GROUPS)
    if shown is not None and _is_of(shown, snapshot):
        return {"run": shown.pk}
    with at_work(snapshot) as analysis:
        run = update(analysis, snapshot, job.progress)
    return {"run": run.pk}


def update(analysis: Analysis, snapshot: Snapshot, step: Step) -> Run:
    """Make and show a run. The analysis knows the tables of the runs that are shown."""
    step("collecting what customers do", 0.1)
    members = analysis.run(GROUPS.ibis.order_by("customer"))
    past = runs.history(Run.Sort.GROUPS)
    before = _left_by(past[:1], members)
    found = find.groups(
        analysis, without=customers.not_profiled(), before=before, kept=_left_by(past, members)
    )
    _sweep(past)
    run = runs.begin(Run.Sort.GROUPS, snapshot, program=PROGRAM)
    step("drawing their portraits", 0.5)
    portraits = find.portraits_of(analysis, found)
    numbers = _numbered(found, portraits, analysis.as_of)
    found = find.renumbered(found, numbers)
    drawn = [find.plain(one) | {"persona": numbers[one.key]} for one in portraits]
    step("writing who belongs to which", 0.9)
    runs.write(run, GROUPS, find.rows_of(found))
    runs.show(run, {
        "kind": found.grouping.kind,
        "reason": found.grouping.reason,
        "found_on": str(found.found_on),
        "customers": len(found.labels),
        "moved": find.moved(found, members) if before is not None else 0,
        "grouping": found.grouping.to_dict(),
        "portraits": drawn,
        "markets": find.by_market(analysis, found),
    })  # fmt: skip
    return run


def _is_of(run: Run, snapshot: Snapshot) -> bool:
    return run.snapshot == snapshot.pk and run.program == PROGRAM and runs.is_whole(run)


def _left_by(past: list[Run], members: Any) -> Before | None:
    """What the newest of these runs left that had groups (the only one: also without). Its members are known of the one shown."""
    for run in past:
        if len(past) > 1 and not run.state.get("portraits"):
            continue
        with suppress(InputError, KeyError):  # of a release that wrote another format
            grouping = Grouping.from_dict(run.state["grouping"])
            own = members if run.current else members.slice(0, 0)
            return Before(grouping, date.fromisoformat(run.state["found_on"]), own)
    return None


def _numbered(found: Found, portraits: tuple[Portrait, ...], today: date) -> dict[int, int]:
    """The number of each group's persona: that of before, or a new one."""
    numbers = dict(found.same)
    with transaction.atomic():
        taken = set(Persona.objects.values_list("name", flat=True)) | set(
            FormerName.objects.values_list("name", flat=True)
        )
        for portrait in portraits:
            if portrait.key in numbers:
                continue
            name = free_name(portrait.name.english, taken)
            taken.add(name)
            made = Persona.objects.create(
                name=name, parts=[list(part) for part in portrait.name.parts], place=portrait.name.number,
                first_day=today, last_day=today,
            )  # fmt: skip
            numbers[portrait.key] = made.pk
        Persona.objects.filter(pk__in=numbers.values()).update(last_day=today)
    return numbers


def _sweep(past: list[Run]) -> None:
    """Remove personas of a run that was killed before it was shown: of one day, and in no run. Others stay, also where the runs that
    had them are long past: rules may name them, and nobody else may take their name."""
    named = {one["persona"] for run in past for one in run.state.get("portraits", ())}
    of_a_day = Persona.objects.filter(given=False, note="", former_names=None, first_day=F("last_day"))
    of_a_day.exclude(pk__in=named).delete()
