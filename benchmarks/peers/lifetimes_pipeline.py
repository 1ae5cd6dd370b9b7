"""The usual pipeline: `lifetimes.utils` and pandas as tutorials use them, for the outputs that it has.

Runs in an environment of its own (lifetimes has had no release since 2020 and needs setuptools < 81).
"""

import time

BEGAN = time.perf_counter()

import sys  # noqa: E402 - the clock starts before the imports
import warnings  # noqa: E402
from datetime import timedelta  # noqa: E402

import pandas as pd  # noqa: E402
from lifetimes.utils import summary_data_from_transaction_data  # noqa: E402

from benchmarks.peers.protocol import Answer, Clock, flat, serve  # noqa: E402
from benchmarks.questions import AS_OF, WINDOW  # noqa: E402


def work(arguments: list[str]) -> tuple[dict[str, float], dict[str, Answer]]:
    """Argument: the file."""
    clock, answers = Clock(), {}
    df = pd.read_parquet(arguments[0])
    df["amount"] = df["amount"].astype(float)
    df = df.drop_duplicates("order_id")
    df = df[df["customer_id"].notna() & (df["amount"] > 0)]
    clock.lap("clean")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # lifetimes was written for an older pandas
        summary = summary_data_from_transaction_data(
            df,
            "customer_id",
            "ordered_at",
            monetary_value_col="amount",
            observation_period_end=AS_OF - timedelta(days=1),
        )
    clock.lap("summary")
    for output in (rfm_by_rank, cohorts, gap_summary, repeat_share, months):
        answers[output.__name__] = output(df)
        clock.lap(output.__name__)
    print(
        f"  lifetimes summary: {len(summary)} customers, {int((summary.frequency > 0).sum())} repeat",
        file=sys.stderr,
    )
    return clock.steps, answers


def rfm_by_rank(df: pd.DataFrame) -> Answer:
    """Quintiles by rank, as in most notebooks (ties are broken by position, so the cells differ a little from ours)."""
    end = pd.Timestamp(AS_OF)
    table = df.groupby("customer_id").agg(
        recency=("ordered_at", lambda days: (end - days.max()).days),
        frequency=("order_id", "nunique"),
        monetary=("amount", "sum"),
    )
    table["r"] = pd.qcut(table["recency"].rank(method="first"), 5, labels=[5, 4, 3, 2, 1])
    table["f"] = pd.qcut(table["frequency"].rank(method="first"), 5, labels=[1, 2, 3, 4, 5])
    table["m"] = pd.qcut(table["monetary"].rank(method="first"), 5, labels=[1, 2, 3, 4, 5])
    counts = table.groupby(["r", "f", "m"], observed=True).size()
    return {"cells": float(len(counts)), "customers": float(counts.sum())}


def cohorts(df: pd.DataFrame) -> Answer:
    """The triangle by calendar month."""
    df["month"] = df["ordered_at"].dt.to_period("M")
    df["cohort"] = df.groupby("customer_id")["ordered_at"].transform("min").dt.to_period("M")
    found = df.groupby(["cohort", "month"]).agg(customers=("customer_id", "nunique")).reset_index()
    age = (found["month"] - found["cohort"]).apply(lambda offset: offset.n)
    rows = zip(found["cohort"].dt.start_time.dt.date, age, found["customers"], strict=True)
    return flat(rows, ("cohort", "age", "customers"), 2)


def gap_summary(df: pd.DataFrame) -> Answer:
    """Days between purchases."""
    df = df.sort_values(["customer_id", "ordered_at"])
    days = df.groupby("customer_id")["ordered_at"].diff().dt.days.dropna()
    return {"mean": float(days.mean()), "median": float(days.median())}


def repeat_share(df: pd.DataFrame) -> Answer:
    """Share of customers with a second order, and orders by their number."""
    orders = df.groupby("customer_id")["order_id"].nunique()
    return {"share": float((orders > 1).mean()), "three": float((orders > 2).mean())}


def months(df: pd.DataFrame) -> Answer:
    """Customers at each month's start and how many stayed to its end, month by month."""
    rows = []
    for month in sorted(df["month"].unique()):
        start, end = month.start_time, (month + 1).start_time
        window = pd.Timedelta(days=WINDOW)
        before = set(df.loc[(df["ordered_at"] >= start - window) & (df["ordered_at"] < start), "customer_id"])
        after = set(df.loc[(df["ordered_at"] >= end - window) & (df["ordered_at"] < end), "customer_id"])
        rows.append((start.date(), len(before), len(after), len(before & after)))
    return flat(rows, ("month", "start", "end", "kept"), 1)


if __name__ == "__main__":
    serve(work, BEGAN)
