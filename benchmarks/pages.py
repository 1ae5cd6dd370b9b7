"""Pages under load: 20 users who click through everything on a lake of 10 million orders.

    python -m benchmarks.pages --data FOLDER

Starts the platform as people do, on SQLite, with a lake that the benchmark made; signs in, and clicks. Measured at the browser's
end of the connection, so that waiting for a free thread counts too.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from benchmarks import orders
from benchmarks.harness import publish, table

PASSWORD = "a passphrase of the benchmark"
GOAL_MS, MEMORY_GOAL_MB, CUSTOMER_GOAL_MS = 300, 1000, 300
_PAUSE = (0.5, 1.5)  # seconds that a user looks at a page
PAGES = (
    "/", "/overview", "/overview?period=month", "/overview/money", "/overview/bridge", "/retention", "/retention?period=month",
    "/customers", "/segments", "/segments/groups", "/segments/bought-often", "/markets", "/figures", "/figures/retention_rate",
    "/goals", "/alerts", "/reports", "/data", "/data/quality", "/data/tables", "/settings", "/users", "/audit", "/account",
    "/predictions", "/personas", "/products", "/experiments",
)  # fmt: skip


@dataclass
class Browser:
    """One user's browser: keeps its connection and its cookies, follows no redirect."""

    address: str
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str, float]:
        """Status, body and milliseconds of one request."""
        if not hasattr(self, "_connection"):
            self._connection = HTTPConnection(self.address, timeout=60)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if form is not None:
            body = urlencode(form)
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Referer": f"http://{self.address}/",
            }
        begun = time.perf_counter()
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        text = response.read().decode(errors="replace")
        took = (time.perf_counter() - begun) * 1000
        for line in response.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return response.status, text, took

    def sign_in(self, email: str) -> None:
        _, page, _ = self.ask("GET", "/sign-in")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None
        status, page, _ = self.ask(
            "POST", "/sign-in", {"csrfmiddlewaretoken": token[1], "username": email, "password": PASSWORD}
        )
        if status != 302:
            raise SystemExit(f"could not sign in as {email}: {status}\n{page[:500]}")


def main() -> None:
    """Make what is missing, click for a while, print and write the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "regulars-benchmarks")
    parser.add_argument("--orders", type=int, default=10_000_000)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--port", type=int, default=8690)
    given = parser.parse_args()
    lake, home = made(given.data, given.orders), given.data / "pages_site"
    begin_anew(lake, home)
    address = f"127.0.0.1:{given.port}"
    environment = {
        **os.environ,
        "REGULARS_HOME": str(home),
        "REGULARS_LAKE": str(lake),
        "REGULARS_ADDRESS": address,
    }
    command(["up", "--background"], environment)
    try:
        prepared = prepare(environment)
        times, failed = click(address, prepared, given.users, given.seconds)
        memory = peaks(home)
    finally:
        command(["down"], environment)
    missed = tell(times, failed, memory, given, prepared)
    if missed:
        raise SystemExit("Goals that were not met: " + "; ".join(missed) + ".")


def begin_anew(lake: Path, home: Path) -> None:
    """No site, and the customers' numbers beside the lake again: the worker's part is measured each time."""
    shutil.rmtree(home, ignore_errors=True)
    people = lake.with_name(lake.name + ".people.duckdb")
    taken_over = people.with_name(people.name + ".adopted")
    if taken_over.exists():
        taken_over.rename(people)


def made(folder: Path, count: int) -> Path:
    """A lake of that many orders of a tenth as many customers, with its people file; made once."""
    lake = folder / f"pages_lake_{count}"
    if not lake.exists():
        print(f"making a lake of {count:,} orders", flush=True)
        file = orders.parquet(folder, count, count // 10)
        fresh = lake.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        program = (
            "import sys; from pathlib import Path; from regulars.lake import Lake; "
            "from regulars.sources import SourceFile, import_into; "
            "lake = Lake.create(sys.argv[1]); import_into(lake, [SourceFile(Path(sys.argv[2]))]); lake.compact()"
        )
        subprocess.run([sys.executable, "-c", program, str(fresh), str(file)], check=True)
        people = fresh.with_name(fresh.name + ".people.duckdb")
        shutil.move(people, lake.with_name(lake.name + ".people.duckdb"))
        fresh.rename(lake)
    return lake


def command(arguments: list[str], environment: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, "-c", "from regulars.cli.main import run; run()", *arguments], env=environment, check=True
    )  # fmt: skip


_PREPARE = """
import json, sys, time
from django.utils import timezone
from regulars.platform import supervise
supervise.django()
from regulars.platform.core.models import User, Job
from regulars.platform.customers.models import Customer
from regulars.platform.insights.models import Snapshot
begun = time.monotonic()
while not Snapshot.objects.filter(current=True).exists():
    failed = Job.objects.filter(state="failed").first()
    if failed: sys.exit(f"{failed.kind} failed: {failed.error}")
    if time.monotonic() - begun > 1800: sys.exit("no figures after half an hour")
    time.sleep(1)
for n in range(int(sys.argv[1])):
    if not User.objects.filter(email=f"user{n}@example.org").exists():
        User.objects.make(email=f"user{n}@example.org", name=f"User {n}", role="administrator", password=sys.argv[2])
from regulars.platform.insights.api import segments
first = User.objects.order_by("pk").first()
for name, rule in (("Bought often", "orders >= 20"), ("Active", "active")):
    segments.make(by=first, name=name, rule=rule)
while Job.objects.filter(state__in=["waiting", "running"], not_before__lte=timezone.now()).exists():
    if time.monotonic() - begun > 1800: sys.exit("the worker does not come to its end")
    time.sleep(1)
jobs = {}
for j in Job.objects.filter(state="done", lane="long"):
    jobs[j.kind] = max(jobs.get(j.kind, 0), (j.finished_at - j.started_at).total_seconds())
keys = list(Customer.objects.order_by("key").values_list("key", flat=True)[:2000])
print(json.dumps({"keys": keys, "jobs": jobs}))
"""


def prepare(environment: dict[str, str], users: int = 20) -> dict[str, object]:
    """Wait for the figures, make the users; keys of some customers, and how long the worker's jobs took."""
    import json  # noqa: PLC0415 - for this alone

    told = subprocess.run(
        [sys.executable, "-c", _PREPARE, str(users), PASSWORD], env=environment, capture_output=True, text=True, check=False
    )  # fmt: skip
    if told.returncode:
        raise SystemExit(told.stderr[-2000:])
    found: dict[str, object] = json.loads(told.stdout.splitlines()[-1])
    return found


def click(
    address: str, prepared: dict[str, object], users: int, seconds: int
) -> tuple[dict[str, list[float]], dict[str, int]]:
    """Milliseconds by page, and answers that were no page, by page."""
    keys: list[str] = prepared["keys"]  # type: ignore[assignment]
    times: dict[str, list[float]] = defaultdict(list)
    failed: dict[str, int] = defaultdict(int)
    end = time.monotonic() + seconds
    lock = threading.Lock()

    def user(number: int) -> None:
        chance = random.Random(number)
        browser = Browser(address)
        browser.sign_in(f"user{number}@example.org")
        while time.monotonic() < end:
            page = chance.choice([*PAGES, "customer", "customer"])
            path = f"/customers/{chance.choice(keys)}" if page == "customer" else page
            status, _, took = browser.ask("GET", path)
            with lock:
                times[page].append(took)
                if status != 200:
                    failed[f"{page} ({status})"] += 1
            time.sleep(chance.uniform(*_PAUSE))

    threads = [threading.Thread(target=user, args=(number,)) for number in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return dict(times), dict(failed)


def peaks(home: Path) -> dict[str, float]:
    """The highest resident memory of each process so far, in MB."""
    parent = (home / "regulars.pid").read_text().strip()
    found = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
            if lines["PPid"].strip() == parent:
                name = status.with_name("cmdline").read_bytes().split(b"\0")[-2].decode()
                found[name] = int(lines["VmHWM"].split()[0]) / 1024
        except (OSError, KeyError):
            continue
    return found


def part(values: list[float], share: float) -> float:
    """The value that this share of the values does not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def tell(
    times: dict[str, list[float]], failed: dict[str, int], memory: dict[str, float], given: argparse.Namespace,
    prepared: dict[str, object],
) -> list[str]:  # fmt: skip
    """Print and write the table; returns the goals that were missed."""
    everything = [took for values in times.values() for took in values]
    rows: list[tuple[object, ...]] = [
        (page, len(values), f"{median(values):.0f}", f"{part(values, 0.95):.0f}", f"{max(values):.0f}")
        for page, values in sorted(times.items())
    ]
    rows.append(
        (
            "**all**",
            len(everything),
            f"{median(everything):.0f}",
            f"**{part(everything, 0.95):.0f}**",
            f"{max(everything):.0f}",
        )
    )
    jobs: dict[str, float] = prepared["jobs"]  # type: ignore[assignment]
    lines = [
        f"{given.orders:,} orders, {given.users} users, {given.seconds} s; milliseconds at the browser's end "
        f"(goal: 95 in 100 under {GOAL_MS} ms, a customer's page too).",
        "",
        table(("page", "asked", "median ms", "95 in 100 ms", "slowest ms"), rows),
        "",
        "Peak memory: " + ", ".join(f"{name} {mb:,.0f} MB" for name, mb in sorted(memory.items()))
        + f" (goal: under {MEMORY_GOAL_MB:,} MB each; from the start of the site, the worker's jobs included).",
        "The worker before that: " + ", ".join(f"{kind} {seconds:.0f} s" for kind, seconds in jobs.items()) + ".",
    ]  # fmt: skip
    if failed:
        lines += [
            "",
            "Answers that were no page: " + ", ".join(f"{name}: {count}" for name, count in failed.items()),
        ]
    publish("pages", "\n".join(lines))
    slowest = [
        f"{page} ({part(times[page], 0.95):.0f} ms)" for page in times if part(times[page], 0.95) >= GOAL_MS
    ]
    if slowest:
        print("Pages whose 95 in 100 are above the goal: " + ", ".join(slowest), flush=True)
    checks = {
        f"95 in 100 answers under {GOAL_MS} ms": part(everything, 0.95) < GOAL_MS,
        f"a customer's page under {CUSTOMER_GOAL_MS} ms": part(times["customer"], 0.95) < CUSTOMER_GOAL_MS,
        f"every process under {MEMORY_GOAL_MB:,} MB": bool(memory) and max(memory.values()) < MEMORY_GOAL_MB,
        "every answer a page": not failed,
    }
    for what, met in checks.items():
        print(f"  {what}: {'met' if met else 'MISSED'}", flush=True)
    return [what for what, met in checks.items() if not met]


if __name__ == "__main__":
    main()
