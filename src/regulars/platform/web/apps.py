"""The Django app."""

from __future__ import annotations

from django.apps import AppConfig


class Config(AppConfig):
    """What Django knows of web."""

    name = "regulars.platform.web"
    label = "web"

    def ready(self) -> None:
        from regulars.platform.web import wiring  # noqa: PLC0415 - models must be loaded first

        wiring.register()
