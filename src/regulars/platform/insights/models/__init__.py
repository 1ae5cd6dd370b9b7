"""The tables of insights. Other contexts come in through `api.py`."""

from regulars.platform.insights.models.alerts import (
    AlertFinding,
    AlertNotice,
    AlertRule,
    Webhook,
    WebhookDelivery,
)
from regulars.platform.insights.models.goals import Goal
from regulars.platform.insights.models.personas import FormerName, Persona
from regulars.platform.insights.models.reports import MadeReport, ReportSchedule
from regulars.platform.insights.models.runs import Run
from regulars.platform.insights.models.segments import Segment, SegmentChange, SegmentMember, SegmentSize
from regulars.platform.insights.models.snapshots import Piece, Snapshot
from regulars.platform.insights.models.worklist import WorkItem

__all__ = [
    "AlertFinding", "AlertNotice", "AlertRule", "FormerName", "Goal", "MadeReport", "Persona", "Piece", "ReportSchedule", "Run",
    "Segment", "SegmentChange", "SegmentMember", "SegmentSize", "Snapshot", "Webhook", "WebhookDelivery", "WorkItem",
]  # fmt: skip
