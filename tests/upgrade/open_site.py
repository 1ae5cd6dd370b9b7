"""Opens a restored site with the code of this release, looks at every page, has its figures computed, and tells what there is."""

from __future__ import annotations

import json
import os
import sys

PAGES = (
    "/", "/overview", "/retention", "/customers", "/segments", "/segments/norwegians", "/markets", "/figures", "/goals",
    "/goals/1", "/alerts", "/reports", "/data", "/data/imports/1", "/settings", "/users", "/audit", "/account",
)  # fmt: skip


def pages() -> dict[str, int]:
    """Each page's status, for an administrator."""
    from django.test import Client  # noqa: PLC0415 - after django.setup()

    from regulars.platform.core.models import User  # noqa: PLC0415 - after django.setup()

    client = Client(SERVER_NAME="localhost")
    ann = User.objects.get(email="ann@mail.test")
    client.force_login(ann, backend="django.contrib.auth.backends.ModelBackend")
    return {path: client.get(path).status_code for path in PAGES}


def told() -> dict[str, object]:
    """What the state and the lake hold."""
    from regulars.lake import Lake  # noqa: PLC0415 - after django.setup()
    from regulars.platform.core import second_factor  # noqa: PLC0415 - after django.setup()
    from regulars.platform.core.models import Job, User  # noqa: PLC0415 - after django.setup()
    from regulars.platform.customers.models import Customer, Identifier  # noqa: PLC0415 - after django.setup()
    from regulars.platform.insights.models import (  # noqa: PLC0415 - after django.setup()
        AlertRule,
        Goal,
        Segment,
        SegmentMember,
        Snapshot,
    )
    from regulars.platform.site import Site  # noqa: PLC0415 - after django.setup()

    ann, lake = User.objects.get(email="ann@mail.test"), Lake.open(Site.named().lake)
    waits = second_factor.enrolment(user=ann)
    return {
        "users": sorted(User.objects.values_list("email", "role", "language")),
        "markets": User.objects.get(email="ben@mail.test").markets,
        "signs in": ann.check_password("a long enough passphrase"),
        "second factor": waits and waits.secret.replace(" ", ""),
        "orders": lake.manifest().tables["orders"].rows,
        "customers": [Customer.objects.count(), Identifier.objects.count()],
        "segments": list(Segment.objects.values_list("slug", "rule")),
        "members": SegmentMember.objects.count(),
        "goals": list(Goal.objects.values_list("figure", "kind")),
        "alerts": list(AlertRule.objects.values_list("kind", "side")),
        "shown": Snapshot.objects.get(current=True).lake_version == lake.facts_version(),
        "failed": list(Job.objects.filter(state="failed").values_list("kind", "error")),
    }


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.platform.settings"
    import django  # noqa: PLC0415 - its settings read the environment once

    django.setup()
    from regulars.platform.core.api import start_job  # noqa: PLC0415 - after django.setup()
    from regulars.platform.core.worker import run_until_idle  # noqa: PLC0415 - after django.setup()

    before = pages()
    start_job(kind="insights.compute")
    run_until_idle()
    sys.stdout.write(json.dumps(told() | {"pages": [before, pages()]}) + "\n")


if __name__ == "__main__":
    main()
