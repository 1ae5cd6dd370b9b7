"""Files on disk: uploads under names that say nothing, and the folder in which one import sees them by their own names."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from regulars.kernel.errors import InputError
from regulars.platform import config
from regulars.platform.intake.rules.naming import safe_name, told_apart

_BLOCK = 1024 * 1024


@dataclass(frozen=True)
class Stored:
    """A file in the uploads folder."""

    key: str
    size: int
    sha256: str


def largest() -> int:
    """The largest upload in bytes."""
    return config.UPLOAD_MB.whole() * 1_000_000


def blocks_of(path: Path) -> Iterator[bytes]:
    """The content of a file, in blocks."""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def store(blocks: Iterable[bytes], *, name: str) -> Stored:
    """Write a file to the uploads folder, for its owner only; nothing stays of one that is refused.

    `name` is for errors only. Raises InputError where it is empty or larger than allowed.
    """
    key = secrets.token_hex(16)
    path = settings.SITE.uploads / key
    digest, size = hashlib.sha256(), 0
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            for block in blocks:
                size += len(block)
                if size > largest():
                    raise InputError(
                        f"The file is larger than {config.UPLOAD_MB.whole():,} MB.", where=safe_name(name),
                        do="Compress it (gz or zip), or export it in parts.",
                    )  # fmt: skip
                digest.update(block)
                file.write(block)
        if not size:
            raise InputError("The file is empty.", where=safe_name(name), do="Export it again.")
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Stored(key, size, digest.hexdigest())


def remove(key: str) -> None:
    """Delete an upload that nothing knows of."""
    (settings.SITE.uploads / key).unlink(missing_ok=True)


def work_folders() -> dict[str, Path]:
    """The folders in which imports see their files now, by the import's name; a killed worker leaves its own behind."""
    return {path.name.removeprefix("."): path for path in settings.SITE.uploads.glob(".*") if path.is_dir()}


@contextmanager
def by_their_names(work: str, files: list[tuple[str, str]]) -> Iterator[list[Path]]:
    """(key, name) of uploads, as paths that bear the files' own names, since mappings and messages go by these.

    They are links in a folder called `work`, which is made anew: what a killed worker left is removed.
    Raises InputError where an upload has expired.
    """
    folder = settings.SITE.uploads / f".{work}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        paths = []
        for (key, _), name in zip(files, told_apart([safe_name(name) for _, name in files]), strict=True):
            _link(settings.SITE.uploads / key, folder / name)
            paths.append(folder / name)
        yield paths
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _link(stored: Path, path: Path) -> None:
    if not stored.is_file():
        raise InputError(
            "The uploaded file has expired and was deleted.", where=path.name, do="Upload it again."
        )
    try:
        os.link(stored, path)
    except OSError:  # a file system without hard links
        shutil.copyfile(stored, path)
        path.chmod(0o600)
