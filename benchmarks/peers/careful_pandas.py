"""Careful pandas: typed columns only, cleaned once, customers as codes, days as numbers, no apply and no Python loop over rows."""

import time

BEGAN = time.perf_counter()

from datetime import date, timedelta  # noqa: E402 - the clock starts before the imports

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

from benchmarks.peers.protocol import Answer, Clock, flat, serve  # noqa: E402
from benchmarks.questions import AS_OF, FIRST, WINDOW, months  # noqa: E402

EDGES = np.array([(month - FIRST).days for month in months()])  # month starts in days since FIRST
LAST = (AS_OF - FIRST).days
NAMES = {"monthly": "months"}  # an output whose name is taken
YEAR_BEFORE = (date(AS_OF.year - 2, AS_OF.month, AS_OF.day) - FIRST).days
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
    for output in (headline, monthly, trend, cohorts, rfm, gaps, markets, money, concentration, quality, first_orders,
                   overdue):  # fmt: skip
        answers[NAMES.get(output.__name__, output.__name__)] = output(orders)
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


def headline(orders: pd.DataFrame) -> Answer:
    """The headline year and the one before."""
    first = orders.loc[orders["nth"] == 1, "day"].to_numpy()
    rows = []
    for start, end in ((YEAR_BEFORE, YEAR), (YEAR, LAST)):
        inside = orders[orders["day"].between(start, end - 1)]
        n = np.bincount(inside["code"], minlength=customers(orders))
        at_start, at_end = present(orders, start), present(orders, end)
        rows.append(
            (FIRST + timedelta(days=start), at_start.sum(), at_end.sum(), (at_start & at_end).sum(),
             ((first >= start) & (first < end)).sum(), (n > 0).sum(), (n > 1).sum(),
             ((n > 0) & ~at_start & ~at_end).sum(), n.sum(), inside["amount"].sum())
        )  # fmt: skip
    columns = (
        "s",
        "start",
        "end",
        "kept",
        "new",
        "buyers",
        "repeat_buyers",
        "came_and_went",
        "orders",
        "revenue",
    )
    return flat(rows, columns, 1)


def monthly(orders: pd.DataFrame) -> Answer:
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


def trend(orders: pd.DataFrame) -> Answer:
    """Thirteen years, each ending a month later."""
    by_month = orders.groupby(["code", "month"], sort=False)["amount"].agg(["size", "sum"]).reset_index()
    code, month = by_month["code"].to_numpy(), by_month["month"].to_numpy()
    n, spent = by_month["size"].to_numpy(), by_month["sum"].to_numpy()
    at, rows = {k: present(orders, EDGES[k]) for k in range(12, 37)}, []
    for k in range(13):
        inside = (month >= 12 + k) & (month < 24 + k)
        before = (month >= k) & (month < 12 + k)
        orders_of = np.bincount(code[inside], n[inside], minlength=customers(orders))
        known = at[12 + k][code]
        rows.append(
            (k, at[12 + k].sum(), at[24 + k].sum(), (at[12 + k] & at[24 + k]).sum(), (orders_of > 0).sum(),
             (orders_of > 1).sum(), spent[inside & known].sum(), spent[before & known].sum())
        )  # fmt: skip
    return flat(rows, ("k", "start", "end", "kept", "buyers", "repeat_buyers", "existing", "before"), 1)


def cohorts(orders: pd.DataFrame) -> Answer:
    """By month of the first order and months since: customers."""
    first = orders.loc[orders["nth"] == 1, "month"].to_numpy()
    ordered = orders.loc[~orders.duplicated(["code", "month"]), ["code", "month"]]
    cohort = first[ordered["code"]]
    found = (
        pd.DataFrame({"cohort": cohort, "age": ordered["month"] - cohort})
        .value_counts(sort=False)
        .reset_index()
    )
    known = months()
    return flat(
        ((known[c], a, n) for c, a, n in found.itertuples(index=False)), ("cohort", "age", "customers"), 2
    )


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
    """Revenue by quarter from new, returning and loyal customers."""
    first = orders.loc[orders["nth"] == 1, "month"].to_numpy() // 3
    found = (
        orders.groupby(["code", orders["month"] // 3], sort=False)["amount"]
        .agg(["size", "sum"])
        .reset_index()
    )
    fresh = first[found["code"]] == found["month"]
    kind = np.select([fresh, found["size"] == 1], ["new", "returning"], "loyal")
    sums = found.groupby(["month", pd.Categorical(kind)], observed=True)["sum"].sum().unstack(fill_value=0.0)
    rows = [
        (months()[3 * q], *(sums.at[q, name] for name in ("new", "returning", "loyal"))) for q in sums.index
    ]
    return flat(rows, ("quarter", "new", "returning", "loyal"), 1)


def concentration(orders: pd.DataFrame) -> Answer:
    """The best customers' share of a year's revenue."""
    revenue = np.sort(orders[orders["day"] >= YEAR].groupby("code")["amount"].sum().to_numpy())[::-1]
    place, everyone = np.arange(1, len(revenue) + 1), len(revenue)
    top = [revenue[place * 100 < everyone * part + 100].sum() for part in (1, 10, 20)]
    return flat([(everyone, revenue.sum(), *top)], ("customers", "revenue", "top_1", "top_10", "top_20"), 0)


def quality(orders: pd.DataFrame) -> Answer:
    """Repeated amounts, house accounts, absurd amounts."""
    n = np.bincount(orders["code"])
    span = orders.groupby("code")["day"].agg(["min", "max"])
    house = (n >= 100) & ((n >= span["max"] - span["min"] + 1) | (n * 100 > len(orders)))
    limit = 20 * np.quantile(np.ceil(orders["amount"]), 0.99, method="inverted_cdf")
    counts = (
        orders.duplicated(["code", "day", "amount"]).sum(),
        house.sum(),
        (orders["amount"] > limit).sum(),
    )
    return flat([counts], ("duplicates", "house_accounts", "absurd"), 0)


def first_orders(orders: pd.DataFrame) -> Answer:
    """Who ordered again, and a third time."""
    first = orders.loc[orders["nth"] == 1, "day"].to_numpy()
    n = np.bincount(orders["code"])
    second = pd.Series(LAST, index=range(len(n)), dtype=np.int64)
    again = orders[orders["nth"] == 2]
    second[again["code"].to_numpy()] = again["day"].to_numpy()
    ripe, both = (first >= WINDOW) & (first < LAST - WINDOW), (n >= 2) & (second.to_numpy() < LAST - WINDOW)
    counts = (ripe.sum(), (ripe & (n >= 2)).sum(), (ripe & both).sum(), (ripe & both & (n >= 3)).sum())
    return flat([counts], ("customers", "second", "second_ripe", "third"), 0)


def overdue(orders: pd.DataFrame) -> Answer:
    """Still customers, but away for long by their own rhythm."""
    days = (
        orders.loc[~orders.duplicated(["code", "day"]), ["code", "day"]]
        .groupby("code")["day"]
        .agg(["size", "min", "max"])
    )
    spent = orders[orders["day"] >= YEAR].groupby("code")["amount"].sum().reindex(days.index, fill_value=0.0)
    away, span = LAST - days["max"], days["max"] - days["min"]
    late = (days["size"] >= 3) & (away <= WINDOW) & (away * (days["size"] - 1) > span * 3)
    return flat([(late.sum(), spent[late].sum())], ("customers", "revenue"), 0)


if __name__ == "__main__":
    serve(work, BEGAN)
