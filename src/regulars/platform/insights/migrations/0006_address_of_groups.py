"""A segment named 'groups' gets another address: the RFM groups' page has that one now."""

from typing import Any

from django.db import migrations

TAKEN = "groups"


def give_way(apps: Any, schema_editor: Any) -> None:
    """`groups-2`, or the first number after it that is free. Run again, it finds none to rename."""
    segments = apps.get_model("insights", "Segment").objects
    number = 2
    while segments.filter(slug=f"{TAKEN}-{number}").exists():
        number += 1
    segments.filter(slug=TAKEN).update(slug=f"{TAKEN}-{number}")


class Migration(migrations.Migration):
    dependencies = [
        ("insights", "0005_reports_by_market"),
    ]

    operations = [
        migrations.RunPython(give_way, migrations.RunPython.noop),
    ]
