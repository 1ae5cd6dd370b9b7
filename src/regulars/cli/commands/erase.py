"""`regulars erase`."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from regulars.cli import progress
from regulars.cli.person import meant, told
from regulars.cli.site import Home, erased_again, ready
from regulars.kernel.errors import ConflictError, InputError, RegularsError
from regulars.kernel.progress import Progress
from regulars.platform import supervise
from regulars.platform.site import Site

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def erase(
    person: Annotated[
        str | None,
        typer.Argument(
            metavar="PERSON",
            help="E-mail address, telephone number, a shop's customer id, or customer number.",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask: for scripts.")] = False,
    again: Annotated[
        Path | None,
        typer.Option(
            "--again",
            metavar="FILE",
            help="After a restore on another machine: erase again whom the list erased.jsonl of the site before names.",
        ),
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option("--certificate", metavar="FILE", help="Write the certificate here as JSON.")
    ] = None,
    home: Home = None,
) -> None:
    """Erase a person everywhere in a site. What was before never returns; a later purchase begins a new number.

    \b
    Examples:
      regulars erase anna@example.org
      regulars erase --again /srv/regulars-before/erased.jsonl
    """
    site = ready(home)
    from regulars.platform.privacy import api as privacy  # noqa: PLC0415 - after Django is loaded

    if again is not None or person is None:
        if again is None:
            raise InputError(
                "Nobody is named.", do="Give an e-mail address, or --again FILE after a restore."
            )
        if not again.exists():
            raise InputError(
                "There is no such file.",
                where=str(again),
                do="Name the list erased.jsonl, which stands in a site's folder and beside its back-ups.",
            )
        if supervise.holder(site) is not None:
            raise ConflictError(
                "This site is running.",
                where=str(site.home),
                do="Stop it first (regulars down): an import may be under way.",
            )
        with progress.shown() as tell:
            count = privacy.erase_again(again, progress=tell)
        print(erased_again(count))
        return
    who = meant(person)
    holdings = privacy.where(who)
    told(holdings)
    number = privacy.records_of(holdings)
    if not yes and typer.prompt(f"\n{number} records will be erased. Type their number to do it") != str(
        number
    ):
        raise InputError("That is another number.", do="Nothing was erased. Run it again to see the number.")
    with progress.shown() as tell:
        done = _erased(site, who, tell)
    if certificate is not None:
        certificate.write_text(
            json.dumps(done.certificate, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
    print(
        f"Erased. The certificate's reference is {done.reference}; figures of {site.home} are computed anew."
    )


def _erased(site: Site, who: Any, tell: Progress) -> Any:
    """Erase, or have the worker do it where the site runs: it never does so while it imports. Returns the tombstone."""
    from regulars.platform.privacy import api as privacy  # noqa: PLC0415 - after Django is loaded

    if supervise.holder(site) is None:
        return privacy.erase(who, by=None, progress=tell)
    tell("waiting for the worker", None)
    done, job = privacy.start_erasure(who, by=None)
    while not done.finished_at:
        time.sleep(0.5)
        job.refresh_from_db()
        if job.state in ("failed", "cancelled"):
            raise RegularsError("The erasure was broken off.", do="Run this again.")
        done.refresh_from_db()
    return done
