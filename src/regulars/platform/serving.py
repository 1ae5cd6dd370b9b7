"""The web server: Waitress, which takes in whole requests before they are answered. A full disk must not break them off.

A request body beyond half a megabyte goes to a file. Where that cannot be written, the rest is read and thrown away,
and the request goes on without a body, marked: a browser that still sends would never read an answer.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable
from typing import Any

import waitress
from django.conf import settings
from waitress import parser as waitress_parser
from waitress.buffers import OverflowableBuffer
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser

from regulars.platform.core.faults import NO_ROOM_HEADER, disk_is_full


class _Body(OverflowableBuffer):  # type: ignore[misc]
    """What a request brings (Waitress has no types); beyond what the disk takes, nothing is kept."""

    no_room = False

    def append(self, data: bytes) -> None:
        if not self.no_room:
            self._write(lambda: super(_Body, self).append(data))

    def flush(self) -> None:
        """Have the disk say now whether it took all."""
        if self.buf is not None:
            self._write(self.buf.getfile().flush)

    def close(self) -> None:
        with contextlib.suppress(OSError):  # what was not written yet has no room either
            super().close()

    def _write(self, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:
            if not disk_is_full(error):
                raise
            self.no_room = True


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    body_rcv: Any

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if self.completed and self.body_rcv is not None:
            body = self.body_rcv.getbuf()
            body.flush()
            if body.no_room:
                body.close()
                self.body_rcv = None
                self.headers |= {"CONTENT_LENGTH": "0", NO_ROOM_HEADER.upper().replace("-", "_"): "1"}
        return consumed


def choose_folder() -> None:
    """Settle where such files go: Python writes a few bytes to choose, and finds no folder where the disk is full now."""
    try:
        tempfile.gettempdir()
    except FileNotFoundError:
        tempfile.tempdir = str(settings.FILE_UPLOAD_TEMP_DIR)


def serve(application: Any, **options: Any) -> None:
    """Serve until the process is asked to end."""
    waitress_parser.OverflowableBuffer = _Body
    HTTPChannel.parser_class = _Parser
    choose_folder()
    waitress.serve(application, **options)
