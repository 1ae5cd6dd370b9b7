"""Alerts and webhooks, as pages use them: `insights.api.alerts`."""

from __future__ import annotations

from regulars.platform.insights.alerts_operations import Watch, mark_seen, mute, stop, watch
from regulars.platform.insights.alerts_queries import (
    DeliveryInfo,
    FindingInfo,
    Preview,
    RuleInfo,
    WebhookInfo,
    alert,
    alerts,
    deliveries,
    findings,
    open_findings,
    preview,
    webhooks,
)
from regulars.platform.insights.goals_proposal import NotMeasured
from regulars.platform.insights.rules.webhooks import next_after
from regulars.platform.insights.webhooks_call import Answer
from regulars.platform.insights.webhooks_operations import (
    add_webhook,
    call_webhook,
    fresh_secret,
    remove_webhook,
    replay,
    switch_webhook,
    try_webhook,
)

__all__ = [
    "Answer", "DeliveryInfo", "FindingInfo", "NotMeasured", "Preview", "RuleInfo", "Watch", "WebhookInfo", "add_webhook", "alert",
    "alerts", "call_webhook", "deliveries", "findings", "fresh_secret", "mark_seen", "mute", "next_after", "open_findings", "preview", "remove_webhook",
    "replay", "stop", "switch_webhook", "try_webhook", "watch", "webhooks",
]  # fmt: skip
