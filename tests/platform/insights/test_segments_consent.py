"""A rule may ask for marketing consent; whoever said nothing is unknown."""

from __future__ import annotations

import pytest

from regulars.metrics.segments import segment_size
from regulars.platform.customers.models import Consent, Customer
from regulars.platform.insights.api import asking
from regulars.platform.insights.segments_rules import effective
from regulars.platform.site import Site

pytestmark = pytest.mark.django_db


def _size(rule: str) -> int:
    asked = effective(rule)
    with asking(seconds=30) as analysis:
        return segment_size(analysis, asked.rule, registry=asked.registry)


def test_a_rule_finds_who_may_be_written_to(computed: Site) -> None:
    Customer.objects.bulk_create([Customer(number=number) for number in (1, 2, 3)])
    for number, status in ((1, "granted"), (2, "revoked")):
        Consent.objects.create(customer_id=number, channel="email", status=status, source="shop")
    Consent.objects.create(customer_id=3, channel="sms", status="granted", source="shop")
    everyone = _size("orders >= 1")
    assert _size("marketing_consent = granted") == 1
    assert _size("marketing_consent in (revoked, denied)") == 1
    assert _size("marketing_consent = unknown") == everyone - 2
    assert _size("marketing_consent is missing") == 0
