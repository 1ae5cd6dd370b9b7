"""The web server on a disk that is full from its start on: what is sent is refused, not cut off."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_FULL = """
import resource, tempfile
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
from django.conf import settings
settings.configure(FILE_UPLOAD_TEMP_DIR={folder!r})
from regulars.platform import serving
serving.choose_folder()
body = serving._Body(10)
body.append(b"x" * 100_000)
body.flush()
print(body.no_room)
"""


def test_a_disk_that_was_full_at_the_start_is_noticed_too(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-B", "-c", _FULL.format(folder=str(tmp_path))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "True\n"), done.stderr
