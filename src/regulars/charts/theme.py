"""How every chart looks: one accent colour, hairlines, labels at the end of what they name, no legend."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from regulars.charts.words import Words


@dataclass(frozen=True)
class Palette:
    """Colours by what they mean. Each is used once, so that a page can replace it by its own variable."""

    accent: str = "#0a6a75"
    accent2: str = "#62a5ac"
    accent3: str = "#b4d5d8"
    ink: str = "#1b2226"
    muted: str = "#596369"
    faint: str = "#b9c1c5"
    rule: str = "#e2e6e8"
    good: str = "#17753b"
    bad: str = "#b3322a"
    hatch: str = "#eef1f2"
    paper: str = "#fffffe"
    heat: str = "#0a6a76"

    def named(self) -> dict[str, str]:
        return {item.name: getattr(self, item.name) for item in fields(self)}


COLOURS = Palette()
# At this opacity the strongest colour still leaves text in ink readable (contrast above 4.5 in both themes).
STRONGEST = 0.68
FONT = "Helvetica, Arial, sans-serif"


def heat(share: float) -> float:
    """Opacity of the heat colour for a value between 0 and 1 of the largest."""
    return round(0.04 + (STRONGEST - 0.04) * share, 3)


@dataclass(frozen=True)
class Look:
    """In which language and how wide (in pixels) to draw. Narrow charts get fewer ticks and shorter labels."""

    words: Words = field(default_factory=Words)
    width: int = 680

    @property
    def narrow(self) -> bool:
        return self.width < 480

    @property
    def ticks(self) -> int:
        return 3 if self.narrow else 7
