"""Writing the audit log: who saw or did what."""

from __future__ import annotations

from typing import Any

from regulars.platform.core.logs import CORRELATION
from regulars.platform.core.models import AuditEntry, User

SYSTEM = "Regulars"


def record(
    *, user: User | None, action: str, object: str = "", customer: int | None = None, **details: Any
) -> None:
    """Add one row. `action` is a slug such as `customer.seen`; `details` are plain values without personal data."""
    AuditEntry.objects.create(
        user=user,
        who=str(user) if user is not None else SYSTEM,
        action=action,
        object=object[:120],
        customer=customer,
        details=details,
        request=CORRELATION.get(),
    )
