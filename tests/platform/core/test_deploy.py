"""Settings of a site that is reached from outside: Django's own checks have nothing to say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_check_deploy_is_clean_with_https(tmp_path: Path) -> None:
    secure = {"REGULARS_HOME": str(tmp_path), "REGULARS_PUBLIC_URL": "https://regulars.example.com"}
    environment = {**os.environ, **secure, "REGULARS_SECRET_KEY": "", "REGULARS_DATABASE_URL": ""}
    done = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "INFO"],
        env=environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_cookies_are_bound_to_the_host_where_there_is_tls(tmp_path: Path) -> None:
    secure = {"REGULARS_HOME": str(tmp_path), "REGULARS_PUBLIC_URL": "https://regulars.example.com"}
    environment = {**os.environ, **secure, "REGULARS_SECRET_KEY": "", "REGULARS_DATABASE_URL": ""}
    program = "from regulars.platform import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.split() == ["__Host-regulars_session", "__Host-regulars_csrf"]
