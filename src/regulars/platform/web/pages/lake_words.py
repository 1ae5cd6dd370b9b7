"""What the lake says of itself in English, in the reader's language: what was found wrong, what to do, why a version was made."""

from __future__ import annotations

import re

from django.utils.translation import gettext, gettext_noop

from regulars.platform.web.pages.data_words import table_name

# A text of the lake, as an expression over all of it, and what it is called here. A text that none matches stays as it is.
_TEXTS = tuple(
    (re.compile(pattern), text)
    for pattern, text in (
        (r"A later release changed this lake\.", gettext_noop("A later release changed this lake.")),
        (r"(?P<count>\d+) migrations are due\.", gettext_noop("The lake is to be brought up to date; steps: %(count)s.")),
        (r"The lake is being written by (?P<holder>.+)\.", gettext_noop("The lake is being written by %(holder)s.")),
        (r"An import was broken off \((?P<holder>.+)\)\.", gettext_noop("An import was broken off (%(holder)s).")),
        (r"definitions\.toml was changed by hand\.", gettext_noop("definitions.toml was changed by hand.")),
        (r"The table (?P<table>\w+) is unknown here\.", gettext_noop("The table %(table)s is unknown here.")),
        (r"(?P<table>\w+): a file is missing or cut short, such as (?P<file>.+)\.", gettext_noop("%(table)s: a file is missing or cut short, %(file)s.")),
        (r"(?P<table>\w+): (?P<count>\d+) files are missing or cut short, such as (?P<file>.+)\.", gettext_noop("%(table)s: %(count)s files are missing or cut short, such as %(file)s.")),
        (r"(?P<table>\w+): rows were written but not published\.", gettext_noop("%(table)s: rows were written but not published.")),
        (r"(?P<table>\w+): its rows are not sorted, which makes figures slower\.", gettext_noop("%(table)s: its rows are not sorted, which makes figures slower.")),
        (r"(?P<table>\w+): its rows lie in (?P<count>\d+) small files, which makes figures slower\.", gettext_noop("%(table)s: its rows lie in %(count)s small files, which makes figures slower.")),
        (r"Only (?P<size>[\d.]+ GB) are free\.", gettext_noop("Only %(size)s are free.")),
        (r"Update: (?P<command>.+)", gettext_noop("Update: %(command)s")),
        (r"Run the next import\.", gettext_noop("Run the next import.")),
        (r"Wait for it\.", gettext_noop("Wait for it.")),
        (r"Run it again: what it left is taken back first\.", gettext_noop("Run it again: what it left is taken back first.")),
        (r"This is allowed\. If markets or zones changed, import again or rewrite the markets\.", gettext_noop("This is allowed. If markets or zones changed, import again or rewrite the markets.")),
        (r"Restore (?P<place>.+) from a backup, or import again into a new lake\.", gettext_noop("Restore %(place)s from a back-up, or import again into a new lake.")),
        (r"The next import takes them back\.", gettext_noop("The next import takes them back.")),
        (r"Compact the lake\.", gettext_noop("It is tidied up in the coming night; 'regulars lake compact' does it at once.")),
        (r"Vacuum the lake or free some space\.", gettext_noop("Make room on the disk.")),
        (r"created", gettext_noop("the beginning")),
        (r"compacted", gettext_noop("tidying up: rows sorted, small files joined")),
        (r"definitions changed", gettext_noop("changed definitions")),
        (r"definitions of (?P<name>.+)", gettext_noop("definitions of %(name)s")),
        (r"markets and zones changed", gettext_noop("changed markets and time zones")),
        (r"import of 1 files", gettext_noop("an import of one file")),
        (r"import of (?P<count>\d+) files", gettext_noop("an import of several files, %(count)s in all")),
        (r"erased (?P<count>\d+) customers", gettext_noop("an erasure; customer numbers: %(count)s")),
        (r"exchange rates from (?P<name>.+)", gettext_noop("exchange rates from %(name)s")),
        (r"predictions of (?P<name>.+)", gettext_noop("predictions of %(name)s")),
        (r"predictions taken out", gettext_noop("predictions of people who objected taken out")),
        (r"migration (?P<count>\d+): (?P<name>.+)", gettext_noop("step %(count)s of an update: %(name)s")),
    )
)  # fmt: skip


def said(text: str) -> str:
    """A text of the lake in the reader's language."""
    for expression, known in _TEXTS:
        if found := expression.fullmatch(text):
            values = found.groupdict()
            if "table" in values:
                values["table"] = table_name(values["table"])
            return gettext(known) % values
    return text
