"""A site that runs as people run it: started by the command, in a folder of its own, with a real mail server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from regulars.platform.site import Site
from regulars.platform.supervise import holder
from support.programs import free_port

PASSWORD = "a long enough passphrase"
_DJANGO = "from regulars.platform import supervise; supervise.django()\n"


class Mailbox:
    """What a mail server has taken in."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 taken"


@dataclass
class Live:
    """A site that runs: its address, its folder, the code for its first user, and what it mailed."""

    address: str
    home: Path
    setup_code: str
    environment: dict[str, str]
    mailbox: Mailbox = field(default_factory=Mailbox)

    def command(self, *arguments: str) -> str:
        """What a `regulars` command prints. It must succeed."""
        return _ran(["-c", "from regulars.cli.main import run; run()", *arguments], self.environment)

    def parts(self) -> dict[str, int]:
        """The numbers of the running processes, web and worker, by name."""
        parent = holder(Site(self.home))
        told = _told_by("ps", "--ppid", str(parent), "-o", "pid=,args=")
        return {line.split()[-1]: int(line.split()[0]) for line in told.splitlines()}

    def inside(self, program: str, *arguments: str) -> Any:
        """What a program prints as JSON that runs with the site's settings, in a process of its own."""
        return json.loads(_ran(["-c", _DJANGO + program, *arguments], self.environment).splitlines()[-1])


def _told_by(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def _ran(arguments: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def running(home: Path, **more: str) -> Iterator[Live]:
    """A fresh site without users; SQLite, whatever the other tests use, unless `more` of the environment says otherwise."""
    mailbox = Mailbox()
    post = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    post.start()
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("REGULARS_", "DJANGO_"))},
        "REGULARS_HOME": str(home),
        "REGULARS_ADDRESS": f"127.0.0.1:{free_port()}",
        "REGULARS_MAIL_URL": f"smtp://127.0.0.1:{post.port}",
        **more,
    }
    site = Live(f"http://{environment['REGULARS_ADDRESS']}", home, "", environment, mailbox)
    try:
        told = site.command("up", "--background")
        code = re.search(r"token=(\S+)", told)
        assert code is not None
        site.setup_code = code[1]
        yield site
    finally:
        site.command("down")
        post.stop()
