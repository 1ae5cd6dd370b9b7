"""`regulars predict`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import typer

from regulars.cli import output, progress
from regulars.cli.groups import takes
from regulars.cli.guard import say
from regulars.cli.options import Inputs, Outputs
from regulars.cli.workspace import opened, tell_window
from regulars.kernel.errors import InputError
from regulars.kernel.progress import Progress
from regulars.lake import Lake
from regulars.notebook.sheet import Kind, of_table
from regulars.prediction.keeping import keep_scores
from regulars.prediction.scores import Scores
from regulars.prediction.scores import predict as predicted
from regulars.prediction.value import Terms
from regulars.report.texts import LANGUAGES, words
from regulars.sources.identity.resolver import LocalResolver

app = typer.Typer(rich_markup_mode=None, add_completion=False)
_SHOWN = 20
_KINDS: dict[str, Kind] = {
    "historic_clv": "money", "average_order_value": "money", "average_days_between_orders": "days",
    "predicted_number_of_orders": "ratio", "predicted_clv": "money", "predicted_clv_low": "money",
    "predicted_clv_high": "money", "residual_clv": "money", "total_clv": "money", "historic_margin": "money",
    "predicted_margin": "money", "probability_alive": "share", "probability_of_purchase": "share",
    "churn_probability": "share", "value_at_risk": "money",
}  # fmt: skip
_BRIEF = (
    "customer", "historic_number_of_orders", "predicted_number_of_orders", "predicted_clv", "expected_date_of_next_order",
    "churn_probability",
)  # fmt: skip


@app.command()
@takes
def predict(
    inputs: Inputs,
    outputs: Outputs,
    horizon: Annotated[
        int | None,
        typer.Option("--horizon", metavar="DAYS", min=7, help="The risk of no order within so many days. Default: the activity window."),
    ] = None,
    years: Annotated[
        float, typer.Option("--years", metavar="N", min=0.1, max=10, help="Lifetime value over so many years.")
    ] = 1.0,
    discount: Annotated[
        float, typer.Option("--discount", metavar="SHARE", min=0, max=1, help="Yearly discount of future money (0.1 is 10 %).")
    ] = 0.10,
    lang: Annotated[str, typer.Option("--lang", metavar="CODE", help="Language of the reasons: en, de, nb, ro.")] = "en",
    keep: Annotated[
        bool, typer.Option("--keep", help="Write the predictions into the lake, with the day they were made for.")
    ] = False,
    tested: Annotated[
        int, typer.Option("--tested", metavar="N", min=0, max=6, help="Days in the past that the back-test tries; 0: none.")
    ] = 2,
) -> None:  # fmt: skip
    """What will happen: for every customer the next order, lifetime value with an interval, the risk to be lost and why.

    Shows whom to look after first (risk times value). `--output` writes everyone: by number, never by name. The back-test says how
    good it would have been on this shop's own past; where nothing beats a simple rule, the rule serves, and that is said.

    \b
    Examples:
      regulars predict orders.csv
      regulars predict orders.csv --horizon 90 --output scores.parquet
      regulars predict --lake shop.lake --keep
    """
    if lang not in LANGUAGES:
        raise InputError(
            f"'{lang}' is no language of the reasons.", where="--lang", do=f"One of {', '.join(LANGUAGES)}."
        )
    if keep:
        _may_be_kept(inputs.lake)
    if outputs.sql:
        raise InputError(
            "predictions are no single query.", where="--sql", do="Features are in docs/churn.md."
        )
    with progress.shown(inputs.progress) as tell, opened(inputs, tell) as shop:
        tell_window(shop)
        found = predicted(
            shop.analysis,
            horizon_days=horizon,
            terms=Terms(365 * years, discount),
            days_tested=tested,
            progress=tell,
        )
        if keep and inputs.lake is not None:
            _keep(found, Lake.open(inputs.lake), tell)
        format_ = output.resolved(outputs.format, outputs.output)
        if outputs.output is not None and format_ is output.Format.parquet:
            pq.write_table(found.table, outputs.output)
        elif outputs.output is not None or format_ is not output.Format.table:
            sheet = of_table(found.table, kinds=_KINDS, currency=found.currency)
            output.sheet(sheet, format_, outputs.output)
        else:
            title = f"Whom to look after first, as of {found.day} ({len(found.table):,} customers)"
            sheet = of_table(
                _brief(found, lang), title=title, kinds=_KINDS, notes=_notes(found), currency=found.currency
            )
            output.sheet(sheet, format_, None)
            return
        say("\n".join(_notes(found)))


def _brief(found: Scores, lang: str) -> pa.Table:
    """The first customers with their reasons in words."""
    table = found.urgent(_SHOWN)
    if found.reasons is None:
        return table.select([name for name in _BRIEF if name in table.column_names])
    rows = np.searchsorted(found.reasons.customer, table["customer"].to_numpy())
    speaker = words(lang)
    told = ["; ".join(found.reasons.words(row, speaker, currency=found.currency)) for row in rows.tolist()]
    return table.select(list(_BRIEF)).append_column("reasons", pa.array(told, pa.string()))


def _notes(found: Scores) -> tuple[str, ...]:
    """How good it is, what it is made of, what could not be done."""
    lines = []
    if found.churn is not None:
        served = {
            "blend": "The risk is a blend of purchase models, logistic regression and boosting.",
            "rule": "No model was better than the simple rule (days since the last order against the own rhythm), so the rule serves.",
            "purchase": "There is too little to learn from, so the purchase models alone serve.",
            "rate": "There is too little to learn from: everyone has the same risk.",
        }
        leaving = "the contract ends" if found.churn.contract else "no order"
        lines.append(f"Risk: {leaving} within {found.horizon} days. {served[found.churn.serves]}")
    for one in found.backtest.days if found.backtest else ():
        lines.append(one.said_in_words)
        measured = one.qualities["served"]
        if measured.auc is not None:
            lines.append(
                f"  Ranking (AUC) {measured.auc:.3f} ± {measured.auc_se:.3f}, log-loss {measured.log_loss:.3f} ± {measured.log_loss_se:.3f}."
            )
    model = found.values.models.purchase
    if model is not None:
        spending = " and Gamma-Gamma; intervals hold 80 of 100 customers" if found.values.models.spend else ""
        lines.append(f"Lifetime value: {type(model).__name__}{spending}.")
    return (*lines, *found.notes)


def _may_be_kept(lake: Path | None) -> None:
    """Raise InputError without a lake, and for that of a site, which alone knows who objected to profiling and predicts itself."""
    if lake is None:
        raise InputError(
            "only a lake keeps predictions.", where="--keep", do="Import first, then use --lake."
        )
    beside = LocalResolver.beside(lake.absolute())
    adopted = beside.path.with_name(f"{beside.path.name}.adopted").exists()
    named = os.environ.get("REGULARS_LAKE")
    if (
        adopted
        or (lake.parent / "regulars.sqlite3").exists()
        or (named and Path(named).resolve() == lake.resolve())
    ):
        raise InputError(
            "this lake belongs to a site, which knows who objected to profiling and keeps predictions every night.",
            where="--keep",
            do="Leave out --keep; on the site, 'Predict anew' on the page Predictions does it at once.",
        )


def _keep(found: Scores, lake: Lake, tell: Progress) -> None:
    """Write the predictions into the lake as its newest; of earlier days the last of each month stays."""
    rows = found.facts()
    version = keep_scores(lake, rows, found.day, progress=tell)
    say(f"{len(rows):,} predictions are in the lake, version {version}.")
