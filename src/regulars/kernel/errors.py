"""The one family of errors that a person may meet: what was wrong, where, what is safe, what to do."""

from __future__ import annotations


class RegularsError(Exception):
    """An error meant for a reader, never a traceback.

    `what` says what happened, `where` names file, row, column or setting, `do` names the next step.
    """

    exit_code = 2

    def __init__(self, what: str, *, where: str = "", do: str = "") -> None:
        self.what, self.where, self.do = what, where, do
        super().__init__(str(self))

    def __str__(self) -> str:
        parts = [f"{self.where}: {self.what}" if self.where else self.what]
        if self.do:
            parts.append(self.do)
        return "\n".join(parts)


class InputError(RegularsError):
    """A file or an argument cannot be used."""


class ConflictError(RegularsError):
    """Two things that must not both be true were given; nothing was changed."""


class MissingRateError(RegularsError):
    """No exchange rate is known for a currency and day; no sum across currencies is made without one."""


class LakeError(RegularsError):
    """The lake cannot be read or written."""


class RuleError(RegularsError):
    """A segment rule has a mistake; `at` is the offset of the word in `text`."""

    def __init__(self, what: str, *, text: str, at: int, length: int = 1, do: str = "") -> None:
        self.text, self.at, self.length = text, at, max(length, 1)
        super().__init__(what, do=do)

    def __str__(self) -> str:
        pointer = " " * self.at + "^" * self.length
        return f"{self.what}\n  {self.text}\n  {pointer}" + (f"\n{self.do}" if self.do else "")


class MissingExtraError(RegularsError):
    """An optional part is not installed."""

    def __init__(self, extra: str, purpose: str) -> None:
        from regulars.kernel.installing import install_command  # noqa: PLC0415 - only who lacks it pays for it

        super().__init__(f"{purpose} needs the extra '{extra}'.", do=f"Install it: {install_command(extra)}")
