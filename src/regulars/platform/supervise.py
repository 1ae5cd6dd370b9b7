"""Two processes, web and worker, under one parent that starts them again when they die and stops them cleanly.

python -m regulars.platform.supervise web       (what the parent starts)
"""

from __future__ import annotations

import fcntl
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType
from typing import IO

from regulars.kernel.errors import ConflictError, RegularsError
from regulars.platform import config
from regulars.platform.site import HOME_VARIABLE, LAKE_VARIABLE, Site

PARTS = ("web", "worker")
_PAGE_WAITS = 5  # seconds
_GRACE = 30.0  # seconds that a part has to end by itself
_SETTLED = 3.0  # seconds alive after which a death is no sign that it cannot start
SETTINGS = "regulars.platform.settings"


def django() -> None:
    """Load the platform of the site that the environment names."""
    import django  # noqa: PLC0415 - slow, and only the platform's commands need it

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    django.setup()


def migrate() -> None:
    """Bring the state database to this release. Safe to repeat; a database of a later release is refused."""
    from django.core.management import call_command  # noqa: PLC0415 - after django()
    from django.db import connection  # noqa: PLC0415 - after django()
    from django.db.migrations.loader import MigrationLoader  # noqa: PLC0415 - after django()

    loader = MigrationLoader(connection, ignore_no_migrations=True)
    unknown = {
        key
        for key in loader.applied_migrations
        if key not in loader.disk_migrations and key[0] in loader.migrated_apps
    }
    if unknown:
        raise ConflictError(
            "The state database was made by a later release of Regulars.",
            where=str(connection.settings_dict["NAME"]),
            do="Install that release again, or restore a back-up of this one. Nothing was changed.",
        )
    call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def only_one(site: Site) -> Iterator[None]:
    """Hold the site for this process. Raises ConflictError where another has it."""
    site.make()
    handle = os.open(site.process_file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ConflictError(
                "This site is running already.",
                where=str(site.home),
                do="Stop it first (regulars down), or name another folder.",
            ) from None
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(handle)


def holder(site: Site) -> int | None:
    """The process that runs the site; None where it is not running."""
    try:
        handle = os.open(site.process_file, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(
            handle, fcntl.LOCK_SH | fcntl.LOCK_NB
        )  # shared: two who ask do not take each other for it
    except OSError:
        text = os.read(handle, 32).decode().strip()
        return int(text) if text.isdigit() else None
    finally:
        os.close(handle)
    return None


class Part:
    """One child process. It ends by itself when the parent is gone: it reads a pipe that only the parent holds open."""

    def __init__(self, name: str, environment: dict[str, str], log: IO[bytes] | None) -> None:
        self.name, self._environment, self._log = name, environment, log
        self._failures = 0
        self._not_before = 0.0
        self.start()

    def start(self) -> None:
        self.begun = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "regulars.platform.supervise", self.name],
            env=self._environment, stdin=subprocess.PIPE, stdout=self._log, stderr=self._log, start_new_session=True,
        )  # fmt: skip

    def look_after(self, tell: Callable[[str], None]) -> None:
        """Start it again where it died; ever later where it dies at once."""
        if self.process.poll() is None:
            return
        now = time.monotonic()
        if not self._not_before:
            self._failures = 1 if now - self.begun > _SETTLED else self._failures + 1
            pause = min(2.0 ** (self._failures - 1), 15.0) - 1.0
            self._not_before = now + pause
            tell(
                f"The {self.name} process ended ({self.process.returncode}); it is started again in {pause:.0f} s."
            )
        elif now >= self._not_before:
            self._not_before = 0.0
            self.start()

    def stop(self, deadline: float) -> None:
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def run(
    site: Site, *, tell: Callable[[str], None], ready: Callable[[], None], log: IO[bytes] | None = None
) -> None:
    """Run both processes until SIGTERM or SIGINT; `ready` is called once the web process answers.

    Raises ConflictError where the site is running already.
    """
    with only_one(site):
        stop = threading.Event()

        def on_signal(number: int, frame: FrameType | None) -> None:
            stop.set()

        before = {number: signal.signal(number, on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
        environment = environment_of(site) | {"REGULARS_WORKER": f"worker-{secrets.token_hex(4)}"}
        parts = [Part(name, environment, log) for name in PARTS]
        told = False
        try:
            while not stop.wait(0.25):
                for part in parts:
                    part.look_after(tell)
                if not told and answers():
                    told = True
                    ready()
        finally:
            deadline = time.monotonic() + _GRACE
            for part in parts:
                part.process.terminate()
            for part in parts:
                part.stop(deadline)
            for number, handler in before.items():
                signal.signal(number, handler)


def environment_of(site: Site) -> dict[str, str]:
    """The environment that names a site to a child process."""
    return {
        **os.environ,
        HOME_VARIABLE: str(site.home),
        LAKE_VARIABLE: str(site.lake),
        "DJANGO_SETTINGS_MODULE": SETTINGS,
    }


def answers() -> bool:
    """Whether the web process at the address in force answers, and not with a fault of its own."""
    host, _, port = config.ADDRESS.text().rpartition(":")
    connection = HTTPConnection(
        "127.0.0.1" if host in ("", "0.0.0.0", "*") else host.strip("[]"), int(port), timeout=2
    )
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status < 500
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def refuse_taken_address() -> None:
    """Raise ConflictError where another program listens at the address in force."""
    host, _, port = config.ADDRESS.text().rpartition(":")
    try:
        socket.create_server(
            (host.strip("[]").replace("*", ""), int(port)),
            family=socket.AF_INET6 if ":" in host else socket.AF_INET,
        ).close()
    except OSError as error:
        raise ConflictError(
            "This address cannot be listened at.",
            where=config.ADDRESS.text(),
            do=f"Another program may have it; choose another with --address or {config.ADDRESS.name}. ({error.strerror})",
        ) from None


def in_background(site: Site, *, patience: float = 60.0) -> None:
    """Start the site detached from this terminal, its output in the site's log, and wait until it answers."""
    if holder(site) is not None:
        return
    with log_file(site).open("ab") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "regulars.platform.supervise", "both"],
            env=environment_of(site), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    give_up = time.monotonic() + patience
    while not (answers() and holder(site)):
        if child.poll() is not None or time.monotonic() > give_up:
            child.terminate()
            raise RegularsError(
                "The site did not start.", where=str(log_file(site)), do="The end of this file says why."
            )
        time.sleep(0.2)


def log_file(site: Site) -> Path:
    return site.home / "regulars.log"


def end(site: Site) -> bool:
    """Stop a site that runs, and wait for it. False where it was not running."""
    number = holder(site)
    if number is None:
        return False
    os.kill(number, signal.SIGTERM)
    give_up = time.monotonic() + _GRACE + 10
    while holder(site) is not None and time.monotonic() < give_up:
        time.sleep(0.1)
    return holder(site) is None


def _end_with_parent() -> None:
    """Ask this process to end when the parent's pipe closes, however the parent went."""

    def wait() -> None:
        while os.read(0, 1024):  # not sys.stdin, whose lock a thread must not hold when Python ends
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True, name="parent").start()


def _web() -> None:
    # A page that cannot write says so soon: who waits longer keeps a thread from those who only read.
    os.environ.setdefault(config.PATIENCE.name, str(_PAGE_WAITS))
    from django.core.management import call_command  # noqa: PLC0415 - loads Django

    from regulars.platform.serving import serve  # noqa: PLC0415 - the worker does not need it
    from regulars.platform.wsgi import application  # noqa: PLC0415 - loads Django

    call_command("check")  # a site that cannot work ends here, and is not said to run

    def stop(number: int, frame: FrameType | None) -> None:
        raise SystemExit(0)

    threading.Thread(target=_stay_ready, name="ahead", daemon=True).start()
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which stops us
    host, _, port = config.ADDRESS.text().rpartition(":")
    proxy = config.PROXIES.text()
    trusted = {
        "trusted_proxy": proxy,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
    }
    serve(
        application, host=host, port=int(port), threads=config.THREADS.whole(), ident="Regulars",
        max_request_body_size=config.UPLOAD_MB.whole() * 1_000_000 + 1_000_000, channel_timeout=120,
        clear_untrusted_proxy_headers=True, **(trusted if proxy else {}),
    )  # fmt: skip


def _stay_ready() -> None:
    from regulars.platform.web.ahead import stay_ready  # noqa: PLC0415 - after Django is loaded

    stay_ready()


def _worker() -> None:
    django()
    from regulars.platform.core import worker  # noqa: PLC0415 - after django()

    worker.run()


def _log(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> None:
    """What a child process runs."""
    part = sys.argv[1]
    if part == "both":
        run(Site.named(), tell=_log, ready=lambda: None)
        return
    if part not in PARTS:
        raise SystemExit(f"no such part: {part}")
    _end_with_parent()
    {"web": _web, "worker": _worker}[part]()


if __name__ == "__main__":
    main()
