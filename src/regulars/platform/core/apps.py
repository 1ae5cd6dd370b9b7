"""The Django app."""

from __future__ import annotations

from django.apps import AppConfig


class Config(AppConfig):
    """What Django knows of core."""

    name = "regulars.platform.core"
    label = "core"

    def ready(self) -> None:
        from regulars.platform.core import wiring  # noqa: PLC0415 - models must be loaded first

        wiring.register()
