"""A worker of a site: `python platform_worker.py HOME [FILE]`. It brings the file, says `ready`, does all work, tells what there is.

What a killed worker held is taken over at once, as it would be a minute later.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def main(home: str, file: str | None) -> None:
    os.environ.update(
        REGULARS_HOME=home, DJANGO_SETTINGS_MODULE="regulars.platform.settings", REGULARS_LOG_LEVEL="ERROR"
    )
    import django  # noqa: PLC0415 - its settings read the environment once

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - after django.setup()
    from django.utils import timezone  # noqa: PLC0415 - after django.setup()

    from regulars.platform.core import events, leases  # noqa: PLC0415 - after django.setup()
    from regulars.platform.core.models import Job  # noqa: PLC0415 - after django.setup()
    from regulars.platform.core.worker import run_until_idle  # noqa: PLC0415 - after django.setup()
    from regulars.platform.customers.models import Customer, Identifier  # noqa: PLC0415 - after django.setup()
    from regulars.platform.intake import api  # noqa: PLC0415 - after django.setup()
    from regulars.platform.intake.models import Import  # noqa: PLC0415 - after django.setup()

    events._SUBSCRIBERS["lake.changed"] = ["intake.check"]  # the figures are another test's matter
    call_command("migrate", verbosity=0)
    if file is not None:
        api.bring(files=[(Path(file), "shop")])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    Job.objects.filter(state=Job.State.RUNNING).update(leased_until=timezone.now())
    leases.recover()
    run_until_idle()
    told = {
        "states": list(Import.objects.order_by("pk").values_list("state", flat=True)),
        "orders": [one.orders for one in reversed(api.imports())],
        "customers": Customer.objects.count(),
        "identifiers": Identifier.objects.count(),
        "jobs": sorted(set(Job.objects.values_list("state", flat=True))),
        "left": [
            path.name for path in (Path(home) / "files" / "uploads").iterdir() if path.name.startswith(".")
        ],
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
