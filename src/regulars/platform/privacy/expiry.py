"""Files of people expire: uploads, rejected rows and downloads, by their age. So do looks at people."""

from __future__ import annotations

from django.conf import settings

from regulars.platform.core.api import Running, get_setting
from regulars.platform.privacy.files import expire
from regulars.platform.privacy.looking import forget_old

JOB = "privacy.expire"


def expire_files(job: Running) -> dict[str, object]:
    """Delete files older than the days that are set, and looks of yesterday."""
    days = max(1, int(get_setting("keep_uploads_days")))
    site = settings.SITE
    forget_old()
    return {
        "deleted": sum(expire(folder, days) for folder in (site.uploads, site.rejects, site.exports)),
        "days": days,
    }
