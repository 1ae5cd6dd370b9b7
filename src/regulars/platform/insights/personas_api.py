"""The part of the door that is about personas: `from regulars.platform.insights.api import personas`."""

from __future__ import annotations

from regulars.platform.insights.personas_find import GROUPS
from regulars.platform.insights.personas_operations import LONGEST_NAME, LONGEST_NOTE, describe
from regulars.platform.insights.personas_queries import (
    Difference,
    PersonaInfo,
    Personas,
    Trait,
    name_of,
    names,
    persona_of,
    personas,
)
from regulars.platform.insights.personas_update import KIND

__all__ = [
    "GROUPS", "KIND", "LONGEST_NAME", "LONGEST_NOTE", "Difference", "PersonaInfo", "Personas", "Trait", "describe",
    "name_of", "names", "persona_of", "personas",
]  # fmt: skip
