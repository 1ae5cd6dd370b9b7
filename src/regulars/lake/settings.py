"""Where a lake keeps its definitions: those in force in `definitions.toml`, all that ever were by their digest."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from regulars.kernel.definitions import Definitions
from regulars.kernel.errors import LakeError
from regulars.lake.durable import replace_file
from regulars.lake.toml import from_toml, to_toml


class Settings:
    """The definitions of the lake at `path`."""

    def __init__(self, path: Path) -> None:
        self.file = path / "definitions.toml"
        self.folder = path / "definitions"

    def current(self) -> Definitions:
        """Those in force, also when the file was changed by hand. Raises InputError for a mistake in it."""
        if not self.file.exists():
            return Definitions()
        found = from_toml(self.file.read_text(encoding="utf-8"), where=str(self.file))
        with suppress(OSError):  # a lake that may only be read
            self.remember(found)
        return found

    def remember(self, definitions: Definitions) -> str:
        """Keep definitions for ever, so that an old result can be made again; returns their digest."""
        digest = definitions.digest()
        path = self.folder / f"{digest}.toml"
        if not path.exists():
            replace_file(path, to_toml(definitions))
        return digest

    def use(self, definitions: Definitions) -> None:
        """Put definitions into force."""
        replace_file(self.file, to_toml(definitions))

    def find(self, digest: str) -> Definitions:
        """Definitions that were once in force."""
        path = self.folder / f"{digest}.toml"
        if not path.exists():
            known = ", ".join(sorted(p.stem for p in self.folder.glob("*.toml"))[:10])
            raise LakeError(f"No definitions {digest} are kept.", where=str(self.folder), do=f"Kept: {known}")
        return from_toml(path.read_text(encoding="utf-8"), where=str(path))
