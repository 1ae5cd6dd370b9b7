"""Careful pandas: typed columns only, cleaned once, customers as codes, days as numbers, no apply and no Python loop over rows."""

import time

BEGAN = time.perf_counter()

from datetime import date  # noqa: E402 - the clock starts before the imports

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

from benchmarks.peers.protocol import Answer, Clock, flat, serve  # noqa: E402
from benchmarks.questions import AS_OF, FIRST, WINDOW, months  # noqa: E402

EDGES = np.array([(month - FIRST).days for month in months()])  # month starts in days since FIRST
LAST = (AS_OF - FIRST).days
YEAR = (date(AS_OF.year - 1, AS_OF.month, AS_OF.day) - FIRST).days


def work(arguments: list[str]) -> tuple[dict[str, float], dict[str, Answer]]:
    """Argument: the file."""
    clock, answers = Clock(), {}
    raw = pd.read_parquet(
        arguments[0], columns=["order_id", "customer_id", "ordered_at", "amount", "country", "channel"]
    )
    raw["amount"] = raw["amount"].astype(np.float64)
    answers["bridge"], orders = clean(raw)
    del raw
    clock.lap("clean")
    for output in (movement, cohorts, cohorts_retained, rfm, gaps, repeat, markets, money, concentration, churn_of_revenue,
                   second_order):  # fmt: skip
        answers[output.__name__] = output(orders)
        clock.lap(output.__name__)
    return clock.steps, answers


def clean(raw: pd.DataFrame) -> tuple[Answer, pd.DataFrame]:
    """The bridge, and the orders that count: sorted by customer and day, with `code`, `day`, `month`, `nth`."""
    repeated = raw.duplicated("order_id")
    nobody = raw["customer_id"].isna() & ~repeated
    nothing = (raw["amount"] <= 0) & ~repeated & ~nobody
    counts = ~(repeated | nobody | nothing)
    steps = {"repeated": repeated, "no_customer": nobody, "no_value": nothing, "counted": counts}
    bridge = [(name, int(mask.sum()), float(raw.loc[mask, "amount"].sum())) for name, mask in steps.items()]
    orders = raw.loc[counts, ["order_id", "customer_id", "amount", "country", "channel"]]
    orders["day"] = (raw.loc[counts, "ordered_at"].to_numpy("datetime64[D]") - np.datetime64(FIRST)).astype(
        np.int32
    )
    orders["code"] = pd.factorize(orders.pop("customer_id"))[0].astype(np.int32)
    orders = orders.sort_values(["code", "day", "order_id"], ignore_index=True)
    orders["month"] = (np.searchsorted(EDGES, orders["day"], side="right") - 1).astype(np.int16)
    orders["nth"] = orders.groupby("code").cumcount().astype(np.int32) + 1
    return flat(bridge, ("step", "orders", "amount"), 1), orders


def customers(orders: pd.DataFrame) -> int:
    """How many there are."""
    return int(orders["code"].iloc[-1]) + 1


def present(orders: pd.DataFrame, day: int) -> np.ndarray:
    """By customer: ordered in [day - W, day)."""
    flags = np.zeros(customers(orders), dtype=bool)
    flags[orders["code"].to_numpy()[orders["day"].between(day - WINDOW, day - 1).to_numpy()]] = True
    return flags


def movement(orders: pd.DataFrame) -> Answer:
    """By month: who stayed, came and went; orders and revenue."""
    at = [present(orders, day) for day in EDGES]
    by_customer = orders.groupby(["month", "code"], sort=False)["amount"].agg(["size", "sum"])
    sums = by_customer.groupby("month").agg(
        buyers=("size", "size"), orders=("size", "sum"), revenue=("sum", "sum")
    )
    repeated = (by_customer["size"] > 1).groupby("month").sum()
    new = orders.loc[orders["nth"] == 1, "month"].value_counts()
    rows = [
        (month, at[n].sum(), at[n + 1].sum(), (at[n] & at[n + 1]).sum(), new.get(n, 0), sums.at[n, "buyers"],
         sums.at[n, "orders"], sums.at[n, "revenue"], repeated[n])
        for n, month in enumerate(months()[:-1])
    ]  # fmt: skip
    return flat(
        rows, ("month", "start", "end", "kept", "new", "buyers", "orders", "revenue", "repeat_buyers"), 1
    )


def cohorts(orders: pd.DataFrame) -> Answer:
    """By month of the first order and months since: customers and revenue."""
    first = orders.loc[orders["nth"] == 1, "month"].to_numpy()
    by_month = orders.groupby(["code", "month"], as_index=False, sort=False)["amount"].sum()
    by_month["cohort"] = first[by_month["code"]]
    by_month["age"] = by_month["month"] - by_month["cohort"]
    found = by_month.groupby(["cohort", "age"])["amount"].agg(["size", "sum"]).reset_index()
    known = months()
    rows = [(known[c], a, n, s) for c, a, n, s in found.itertuples(index=False)]
    return flat(rows, ("cohort", "age", "customers", "revenue"), 2)


def cohorts_retained(orders: pd.DataFrame) -> Answer:
    """By month of the first order: customers at each later month's end."""
    first = orders.loc[orders["nth"] == 1, "month"].to_numpy()
    known, rows = months(), []
    for n, day in enumerate(EDGES[1:], start=1):
        counts = np.bincount(first[present(orders, day)], minlength=len(EDGES))
        rows += [(known[cohort], known[n], counts[cohort]) for cohort in range(n)]
    return flat(rows, ("cohort", "month_end", "customers"), 2)


def rfm(orders: pd.DataFrame) -> Answer:
    """Scores from cut points on the value."""
    c = orders.groupby("code").agg(last=("day", "max"), frequency=("day", "size"), monetary=("amount", "sum"))
    c["monetary"] = c["monetary"].round(2)
    shares = [0.2, 0.4, 0.6, 0.8]
    c["r"] = 5 - np.searchsorted(
        np.quantile(LAST - c["last"], shares, method="inverted_cdf"), LAST - c["last"]
    )
    c["f"] = 1 + np.searchsorted(np.quantile(c["frequency"], shares, method="inverted_cdf"), c["frequency"])
    c["m"] = 1 + np.searchsorted(np.quantile(c["monetary"], shares, method="inverted_cdf"), c["monetary"])
    found = c.groupby(["r", "f", "m"]).agg(
        n=("last", "size"), orders=("frequency", "sum"), revenue=("monetary", "sum")
    )
    return flat(
        found.reset_index().itertuples(index=False), ("r", "f", "m", "customers", "orders", "revenue"), 3
    )


def gaps(orders: pd.DataFrame) -> Answer:
    """Gaps between order days and open waits, by days and by how much history they need."""
    days = orders.loc[~orders.duplicated(["code", "day"]), ["code", "day"]]
    after = days.groupby("code")["day"].shift(-1)
    since = [(date(AS_OF.year - 2, 1, 1) - FIRST).days, YEAR, (date(AS_OF.year - 1, 7, 1) - FIRST).days]
    found = pd.DataFrame(
        {
            "history": np.searchsorted(since, days["day"], side="right"),
            "open": after.isna(),
            "days": after.fillna(LAST - 1) - days["day"],
        }
    )
    counts = found.value_counts(sort=False).reset_index()
    rows = [(history, is_open, int(gap), n) for history, is_open, gap, n in counts.itertuples(index=False)]
    return flat(rows, ("history", "open", "days", "n"), 3)


def repeat(orders: pd.DataFrame) -> Answer:
    """K13 by number of purchases so far."""
    old = orders["day"] <= LAST - WINDOW
    again = orders["code"].eq(orders["code"].shift(-1))
    found = (
        pd.DataFrame({"nth": orders["nth"].clip(upper=10)[old], "again": again[old]})
        .groupby("nth")["again"]
        .agg(["size", "sum"])
    )
    return flat(found.reset_index().itertuples(index=False), ("nth", "reached", "again"), 1)


def markets(orders: pd.DataFrame) -> Answer:
    """The headline period by home market."""
    year = orders[orders["day"] >= YEAR].groupby("code")["amount"].agg(["size", "sum"])
    c = pd.DataFrame({"market": orders.loc[orders["nth"] == 1, "country"].to_numpy()})
    c["start"], c["end"] = present(orders, YEAR), present(orders, LAST)
    c["kept"] = c["start"] & c["end"]
    c["orders"], c["revenue"] = year["size"], year["sum"]
    c["buyers"], c["repeat_buyers"] = c["orders"] > 0, c["orders"] > 1
    found = c.groupby("market")[
        ["start", "end", "kept", "buyers", "repeat_buyers", "orders", "revenue"]
    ].sum()
    return flat(found.reset_index().itertuples(index=False), ("market", *found.columns), 1)


def money(orders: pd.DataFrame) -> Answer:
    """Revenue by month and by who ordered."""
    who = np.select([orders["nth"] == 1, orders["nth"] <= 3], ["new", "returning"], "loyal")
    found = (
        orders.groupby(["month", pd.Categorical(who)], observed=True)["amount"]
        .agg(["size", "sum"])
        .reset_index()
    )
    known = months()
    rows = [(known[m], w, n, s) for m, w, n, s in found.itertuples(index=False)]
    return flat(rows, ("month", "who", "orders", "revenue"), 2)


def concentration(orders: pd.DataFrame) -> Answer:
    """The best customers' share of a year's revenue."""
    revenue = np.sort(orders[orders["day"] >= YEAR].groupby("code")["amount"].sum().round(2).to_numpy())[::-1]
    place = (np.searchsorted(-revenue, -revenue, side="left")) / max(1, len(revenue) - 1)
    top = [revenue[place < share].sum() for share in (0.01, 0.1, 0.2)]
    return flat(
        [(len(revenue), revenue.sum(), *top)], ("customers", "revenue", "top_1", "top_10", "top_20"), 0
    )


def churn_of_revenue(orders: pd.DataFrame) -> Answer:
    """Revenue of the customers at the start, before and after, for the last month and that of a year before."""
    rows = []
    for month in (months()[-14], months()[-2]):
        start = (month - FIRST).days
        end = EDGES[np.searchsorted(EDGES, start) + 1]
        before = orders[orders["day"].between(start - WINDOW, start - 1)].groupby("code")["amount"].sum()
        after = orders[orders["day"].between(end - WINDOW, end - 1)].groupby("code")["amount"].sum()
        after = after.reindex(before.index, fill_value=0.0)
        rows.append((month, before.sum(), after.sum(), (before - after).clip(lower=0).sum()))
    return flat(rows, ("s", "start", "end", "lost"), 1)


def second_order(orders: pd.DataFrame) -> Answer:
    """By channel of the first order: who ordered again within the window."""
    following = orders["day"].shift(-1).where(orders["code"].eq(orders["code"].shift(-1)))
    first = (orders["nth"] == 1) & (orders["day"] <= LAST - WINDOW)
    again = following <= orders["day"] + WINDOW
    found = (
        pd.DataFrame({"channel": orders["channel"][first], "again": again[first]})
        .groupby("channel")["again"]
        .agg(["size", "sum"])
    )
    return flat(found.reset_index().itertuples(index=False), ("channel", "firsts", "again"), 1)


if __name__ == "__main__":
    serve(work, BEGAN)
