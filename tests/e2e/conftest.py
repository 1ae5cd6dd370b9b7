"""One running site for all tests here: started by the command, filled through its pages, with a real mail server."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from support import browser as browsers
from support.programs import free_port

PASSWORD = "a long enough passphrase"


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
    """A site that runs: its address, its folder, and what it mailed."""

    address: str
    home: Path
    setup_code: str
    environment: dict[str, str]
    mailbox: Mailbox = field(default_factory=Mailbox)


def regulars(*arguments: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", "from regulars.cli.main import run; run()", *arguments],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A fresh site without users."""
    if (reason := browsers.missing()) is not None:
        pytest.skip(f"No browser: {reason}")
    home = tmp_path_factory.mktemp("live") / "site"
    mailbox = Mailbox()
    post = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    post.start()
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("REGULARS_", "DJANGO_"))},
        "REGULARS_HOME": str(home),
        "REGULARS_ADDRESS": f"127.0.0.1:{free_port()}",
        "REGULARS_MAIL_URL": f"smtp://127.0.0.1:{post.port}",
    }
    told = regulars("up", "--background", environment=environment)
    code = re.search(r"token=(\S+)", told)
    assert code is not None
    yield Live(f"http://{environment['REGULARS_ADDRESS']}", home, code[1], environment, mailbox)
    regulars("down", environment=environment)
    post.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    with browsers.opened() as running:
        yield running
