"""Secrets of authenticator apps are masked with the site's key from now on."""

from typing import Any

from django.db import migrations

from regulars.platform.core.masked import masked, unmasked


def mask(apps: Any, editor: Any) -> None:
    """Mask the secrets that stand there as they are."""
    devices = apps.get_model("otp_totp", "TOTPDevice").objects
    for number, key in list(devices.values_list("pk", "key")):
        devices.filter(pk=number).update(key=masked(bytes.fromhex(key)))


def unmask(apps: Any, editor: Any) -> None:
    """The way back."""
    devices = apps.get_model("otp_totp", "TOTPDevice").objects
    for number, key in list(devices.values_list("pk", "key")):
        devices.filter(pk=number).update(key=unmasked(key).hex())


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0003_confidential_mail"),
        ("otp_totp", "0003_add_timestamps"),
    ]

    operations = [
        migrations.CreateModel(
            name="Authenticator",
            fields=[],
            options={"proxy": True, "indexes": [], "constraints": []},
            bases=("otp_totp.totpdevice",),
        ),
        migrations.RunPython(mask, unmask),
    ]
