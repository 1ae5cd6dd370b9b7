"""Where a site keeps its things: one folder, readable by its owner only."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

HOME_VARIABLE = "REGULARS_HOME"
LAKE_VARIABLE = "REGULARS_LAKE"
DEFAULT_HOME = "regulars-site"


@dataclass(frozen=True)
class Site:
    """The folder of one installation. `database` is unused where `REGULARS_DATABASE_URL` names a server.

    `elsewhere`: the lake, where it is not in the site's folder.
    """

    home: Path
    elsewhere: Path | None = None

    @classmethod
    def named(cls, home: str | Path | None = None, lake: str | Path | None = None) -> Site:
        """The site in `home`, else in `REGULARS_HOME`, else in `./regulars-site`; its lake in `REGULARS_LAKE` if set."""
        place = lake or os.environ.get(LAKE_VARIABLE)
        return cls(
            Path(home or os.environ.get(HOME_VARIABLE) or DEFAULT_HOME).absolute(),
            Path(place).absolute() if place else None,
        )

    @property
    def database(self) -> Path:
        return self.home / "regulars.sqlite3"

    @property
    def lake(self) -> Path:
        """The facts: pseudonymous."""
        return self.elsewhere or self.home / "lake"

    @property
    def prepared(self) -> Path:
        """Tables computed from one version of the lake; a cache that may be deleted while nothing runs."""
        return self.home / "prepared"

    @property
    def uploads(self) -> Path:
        """Files as people brought them: personal data, expiring."""
        return self.home / "files" / "uploads"

    @property
    def rejects(self) -> Path:
        """Rows that could not be used: personal data, expiring."""
        return self.home / "files" / "rejects"

    @property
    def reports(self) -> Path:
        """Reports that were made on a schedule."""
        return self.home / "files" / "reports"

    @property
    def exports(self) -> Path:
        """Downloads made in the background: personal data, expiring."""
        return self.home / "files" / "exports"

    @property
    def backups(self) -> Path:
        return self.home / "backups"

    @property
    def cache(self) -> Path:
        """What can be made again at any time: compiled texts, drawn charts."""
        return self.home / "cache"

    @property
    def secret_file(self) -> Path:
        return self.home / "secret.key"

    @property
    def process_file(self) -> Path:
        """Held by the process that runs the site; names it."""
        return self.home / "regulars.pid"

    def make(self) -> Site:
        """Make the folders that are missing, private to the owner."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = self.home.stat()
        if about.st_mode & 0o077 and about.st_uid == os.getuid():
            self.home.chmod(0o700)  # it was there before, open to others
        for folder in (self.prepared, self.uploads, self.rejects, self.reports, self.exports, self.cache):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self

    def secret(self) -> str:
        """The key that signs sessions and links; made once, on first use, by one process only."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self.home / f".secret-{os.getpid()}-{secrets.token_hex(4)}"
        if not self.secret_file.exists():
            fresh.write_text(secrets.token_urlsafe(50) + "\n", encoding="ascii")
            fresh.chmod(0o600)
            try:
                os.link(
                    fresh, self.secret_file
                )  # fails where another process was quicker, whose key then counts
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return self.secret_file.read_text(encoding="ascii").strip()
