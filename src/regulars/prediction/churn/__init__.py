"""Who will leave, why, and how good the prediction was on the shop's own past. See docs/churn.md."""

from regulars.prediction.churn.backtest import Backtest, Tested, backtest, judged_on
from regulars.prediction.churn.effects import Effect, effects, what_goes_with_leaving
from regulars.prediction.churn.fit import fit_churn
from regulars.prediction.churn.labelled import LabelledModel, fit_labelled
from regulars.prediction.churn.measures import Quality, calibration, lift, quality
from regulars.prediction.churn.model import ChurnModel, Scored
from regulars.prediction.churn.reasons import Reasons, reasons, without

__all__ = [
    "Backtest",
    "ChurnModel",
    "Effect",
    "LabelledModel",
    "Quality",
    "Reasons",
    "Scored",
    "Tested",
    "backtest",
    "calibration",
    "effects",
    "fit_churn",
    "fit_labelled",
    "judged_on",
    "lift",
    "quality",
    "reasons",
    "what_goes_with_leaving",
    "without",
]
