"""Writing segments: made, changed, put away and taken back. A rule that changes is evaluated anew."""

from __future__ import annotations

import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from regulars.kernel.errors import ConflictError, InputError
from regulars.metrics.segments import check_rule
from regulars.platform.core.api import User, record, start_job
from regulars.platform.insights.models import Segment, Snapshot
from regulars.platform.insights.segments_rules import KNOWN

EVALUATE = "insights.segments"
LONGEST_NAME = 120
LONGEST_RULE = 10_000


def make(*, by: User, name: str, rule: str, description: str = "") -> str:
    """Save a new segment and start counting it; returns its slug. Raises InputError, RuleError."""
    name = _checked(name, rule)
    with transaction.atomic():
        segment = Segment.objects.create(
            name=name, slug=_slug(name), rule=rule.strip(), description=_clean(description), by=by
        )
        record(user=by, action="segment.made", object=f"segment:{segment.slug}", rule=segment.rule)
        _evaluate(segment, by)
    return segment.slug


def change(*, by: User, slug: str, revision: int, name: str, rule: str, description: str = "") -> None:
    """Change a segment that was read at `revision`. Raises ConflictError where somebody was quicker, InputError, RuleError."""
    name = _checked(name, rule)
    with transaction.atomic():
        segment = _one(slug)
        if segment.revision != revision:
            raise ConflictError(
                "Somebody has changed this rule meanwhile.", do="Look at the new rule before you change it."
            )
        new_rule = rule.strip() != segment.rule
        segment.name, segment.rule, segment.description = name, rule.strip(), _clean(description)
        segment.changed_at = timezone.now()
        segment.revision += new_rule
        segment.save()
        record(user=by, action="segment.changed", object=f"segment:{slug}", rule=segment.rule)
        if new_rule:
            _evaluate(segment, by)


def archive(*, by: User, slug: str) -> None:
    """Put a segment away: it is neither shown nor counted; its history stays."""
    with transaction.atomic():
        segment = _one(slug)
        if segment.archived_at is None:
            segment.archived_at = timezone.now()
            segment.save()
            record(user=by, action="segment.archived", object=f"segment:{slug}")


def restore(*, by: User, slug: str) -> None:
    """Take a segment back. Who entered and left meanwhile is not known, so it begins anew with who is in it now."""
    with transaction.atomic():
        segment = _one(slug)
        if segment.archived_at is not None:
            segment.archived_at = None
            segment.evaluated_revision = 0
            segment.save()
            record(user=by, action="segment.restored", object=f"segment:{slug}")
            _evaluate(segment, by)


def _one(slug: str) -> Segment:
    found = Segment.objects.select_for_update().filter(slug=slug).first()
    if found is None:
        raise InputError("There is no such segment.", do="Choose one from the list.")
    return found


def _clean(text: str) -> str:
    # PostgreSQL refuses this one character in a text.
    return text.replace("\x00", "").strip()


def _checked(name: str, rule: str) -> str:
    """The name, fit to be stored."""
    name = " ".join(name.replace("\x00", "").split())
    if not name:
        raise InputError("The segment has no name.", where="name", do="Say in a few words who is in it.")
    if len(name) > LONGEST_NAME:
        raise InputError("The name is too long.", where="name", do=f"At most {LONGEST_NAME} characters.")
    shown = Snapshot.objects.filter(current=True).first()
    check_rule(rule, registry=KNOWN, currency=shown.state.get("currency") if shown else None)
    return name


def _slug(name: str) -> str:
    """From the name where it has Latin letters, else by chance; never one that is taken."""
    plain = slugify(name)[:100] or "segment"
    if plain in RESERVED or Segment.objects.filter(slug=plain).exists():
        plain = f"{plain}-{secrets.token_hex(3)}"
    return plain


RESERVED = ("new", "archived", "suggest", "size", "counted", "groups")  # addresses of their own


def _evaluate(segment: Segment, by: User) -> None:
    start_job(kind=EVALUATE, key=f"segment {segment.pk}", by=by, segment=segment.pk)
