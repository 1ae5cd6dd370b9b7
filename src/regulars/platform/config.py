"""Settings from the environment: every variable is declared here once, and docs/platform/settings.md names them all."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlparse

from regulars.kernel.errors import InputError


@dataclass(frozen=True)
class Variable:
    """One environment variable. A `secret` may also be read from the file that `<name>_FILE` names."""

    name: str
    default: str
    help: str
    secret: bool = False

    def text(self) -> str:
        """Its value, without white space around it."""
        if self.secret and (path := os.environ.get(f"{self.name}_FILE")):
            try:
                return Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise InputError(
                    "The file of a secret cannot be read.", where=f"{self.name}_FILE", do=str(error)
                ) from None
        return os.environ.get(self.name, self.default).strip()

    def flag(self) -> bool:
        value = self.text().lower()
        if value in ("1", "true", "yes", "on"):
            return True
        if value in ("", "0", "false", "no", "off"):
            return False
        raise InputError(f"'{value}' is neither yes nor no.", where=self.name, do="Set it to 1 or 0.")

    def whole(self) -> int:
        try:
            return int(self.text())
        except ValueError:
            raise InputError(
                f"'{self.text()}' is no whole number.", where=self.name, do=f"For example {self.default}."
            ) from None

    def items(self) -> list[str]:
        """Values between commas."""
        return [item.strip() for item in self.text().split(",") if item.strip()]


HOME = Variable("REGULARS_HOME", "regulars-site", "the folder of the site; commands have --home for it")
LAKE = Variable("REGULARS_LAKE", "", "the lake's folder, where it is not in the site's")
ADDRESS = Variable("REGULARS_ADDRESS", "127.0.0.1:8600", "where the web process listens (host:port)")
PUBLIC_URL = Variable(
    "REGULARS_PUBLIC_URL", "", "the address in mails and links, such as https://regulars.example.com"
)
HOSTS = Variable(
    "REGULARS_HOSTS", "localhost,127.0.0.1,[::1]", "host names that are answered, between commas"
)
DEBUG = Variable("REGULARS_DEBUG", "0", "1 shows errors in full; never on a machine that others reach")
SECRET = Variable(
    "REGULARS_SECRET_KEY", "", "signs sessions and links; made in the site's folder where not set", True
)
DATABASE = Variable(
    "REGULARS_DATABASE_URL", "", "postgresql://user:password@host/name in place of SQLite", True
)
PATIENCE = Variable(
    "REGULARS_DATABASE_WAIT", "20", "seconds that a process waits while another writes (SQLite); pages wait 5"
)
MAIL_URL = Variable(
    "REGULARS_MAIL_URL", "", "smtp://user:password@host:587?tls=start, the server that sends mail", True
)
MAIL_FROM = Variable("REGULARS_MAIL_FROM", "Regulars <regulars@localhost>", "the sender of mail to staff")
PROXIES = Variable(
    "REGULARS_TRUSTED_PROXY", "", "address of the one proxy whose X-Forwarded-* headers are believed"
)
WEBHOOK_HOSTS = Variable(
    "REGULARS_WEBHOOK_HOSTS",
    "",
    "hosts inside the own network that webhooks may call, between commas; by http too",
)
SESSION_IDLE = Variable(
    "REGULARS_SESSION_IDLE_MINUTES", "30", "minutes without a click after which one signs in again"
)
SESSION_HOURS = Variable(
    "REGULARS_SESSION_HOURS", "12", "hours after which one signs in again, however much one clicked"
)
THREADS = Variable("REGULARS_WEB_THREADS", "8", "requests that are answered at once")
ENGINE_MEMORY = Variable(
    "REGULARS_ENGINE_MEMORY", "400MB", "what the web process's DuckDB may hold in memory"
)
WORKER_MEMORY = Variable("REGULARS_WORKER_MEMORY", "500MB", "what the worker's DuckDB may hold in memory")
UPLOAD_MB = Variable("REGULARS_UPLOAD_MB", "2000", "the largest upload, in millions of bytes")
FEED_FOLDERS = Variable(
    "REGULARS_FEED_FOLDERS", "", "folders that feeds may read beside the site's inbox, between commas"
)
KEEP_DAYS = Variable(
    "REGULARS_KEEP_UPLOADS_DAYS", "30", "days until uploads, rejects and downloads are deleted"
)
METRICS_TOKEN = Variable(
    "REGULARS_METRICS_TOKEN", "", "bearer token that reads /metrics; without one, only this machine may", True
)
LOG_LEVEL = Variable("REGULARS_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR")

VARIABLES = tuple(value for value in list(globals().values()) if isinstance(value, Variable))


def public_url() -> str:
    """The address that people use, without a slash at its end."""
    return (PUBLIC_URL.text() or f"http://{ADDRESS.text()}").rstrip("/")


def database(url: str, sqlite: Path) -> dict[str, Any]:
    """Django's DATABASES entry: SQLite with a write-ahead log, or PostgreSQL by URL. Raises InputError."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(sqlite),
            # A file for the tests too: in memory, two threads would lock each other out in ways that no site knows.
            "TEST": {"NAME": str(sqlite.with_name("tests.sqlite3"))},
            "OPTIONS": {
                "timeout": PATIENCE.whole(),
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA secure_delete=ON; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000; "
                "PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY",
            },
        }
    parts = urlparse(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise InputError(
            f"'{parts.scheme}' is no database that is supported.",
            where=DATABASE.name,
            do="Give postgresql://user:password@host:5432/name, or nothing for SQLite.",
        )
    # A server that is gone without a word is noticed within half a minute; a URL may say otherwise.
    options = {"connect_timeout": "5", "tcp_user_timeout": "30000", "keepalives_idle": "10",
               "keepalives_interval": "5", "keepalives_count": "3"}  # fmt: skip
    options |= {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def mail(url: str) -> dict[str, Any]:
    """Django's EMAIL_* settings from one URL; without one, mail is kept in the outbox and shown as not sent."""
    if not url:
        return {"EMAIL_BACKEND": "regulars.platform.core.mail.NoServer"}
    parts = urlparse(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise InputError(
            "This is no mail server.", where=MAIL_URL.name, do="Give smtp://user:password@host:587?tls=start."
        )
    start_tls = "start" in parse_qs(parts.query).get("tls", [])
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587 if start_tls else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": start_tls,
        "EMAIL_TIMEOUT": 20,
    }
