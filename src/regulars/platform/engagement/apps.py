"""The Django app."""

from __future__ import annotations

from django.apps import AppConfig


class Config(AppConfig):
    """Loads the context's wiring."""

    name = "regulars.platform.engagement"
    label = "engagement"

    def ready(self) -> None:
        from regulars.platform.engagement import wiring  # noqa: PLC0415 - models must be loaded first

        wiring.register()
