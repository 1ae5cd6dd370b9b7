"""What is checked while a file still comes in: who sends it, and how large it is."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload

from regulars.platform import config

BEYOND = "too_large"  # set on a request whose files were cut off


class Bounded(FileUploadHandler):
    """Takes files only from those who may import, and not beyond the largest upload: nothing else fills the disk."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._come = 0
        self._most = config.UPLOAD_MB.whole() * 1_000_000

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated or not user.may("data.import"):
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self._come += len(raw_data)
        if self._come > self._most:
            setattr(self.request, BEYOND, True)  # the form says it
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
