"""What others use of prediction is there under its name, and loads no more than it needs."""

from __future__ import annotations

import subprocess
import sys

import regulars.prediction as door


def test_every_name_is_there() -> None:
    assert [name for name in door.__all__ if not callable(getattr(door, name)) and name != "FEATURES"] == []
    assert not hasattr(door, "nothing")


def test_who_fits_a_purchase_model_loads_no_learners() -> None:
    program = (
        "import sys; from regulars.prediction import BgNbd; print({'lightgbm', 'sklearn'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
