"""What it was worth: who is held out, how many are needed, and effects with intervals. See docs/experiments.md."""

from regulars.experiments.assignment import (
    HELD_OUT,
    PROPOSED_SHARE,
    TREATED,
    Arm,
    Experiment,
    assign,
    holdout,
    uniforms,
)
from regulars.experiments.effects import Answer, Effect, EffectPath, Interval, compare, linearised
from regulars.experiments.gathered import OUTCOMES, Gathered
from regulars.experiments.gathering import assigned_on, gather
from regulars.experiments.planning import Base, Plan, base_of, detectable, plan, power_of, sample_size
from regulars.experiments.returns import RetentionReturn, retention_return
from regulars.experiments.shares import ShareCheck, check_shares

__all__ = [
    "HELD_OUT",
    "OUTCOMES",
    "PROPOSED_SHARE",
    "TREATED",
    "Answer",
    "Arm",
    "Base",
    "Effect",
    "EffectPath",
    "Experiment",
    "Gathered",
    "Interval",
    "Plan",
    "RetentionReturn",
    "ShareCheck",
    "assign",
    "assigned_on",
    "base_of",
    "check_shares",
    "compare",
    "detectable",
    "gather",
    "holdout",
    "linearised",
    "plan",
    "power_of",
    "retention_return",
    "sample_size",
    "uniforms",
]
