"""The model's page: the sentence first, the pictures, what could not be done, and only to whom it may be shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from regulars.platform.core.api import Job
from regulars.platform.insights.models import Run
from regulars.platform.site import Site
from regulars.platform.web import prediction_words as said
from regulars.platform.web.feature_texts import FEATURES as TEXTS
from regulars.prediction.features import FEATURES
from support.pages import SignedIn, text_at
from support.predicted import with_predictions

pytestmark = pytest.mark.django_db
PAGE = "/predictions"


@pytest.fixture
def predicted(computed: Site) -> Site:
    return with_predictions(computed)


def test_an_empty_site_is_invited_to_bring_data(site: Site, signed_in: SignedIn) -> None:
    assert "There are no orders yet." in text_at(signed_in(), PAGE)


def test_without_a_run_it_says_when_there_will_be_one_and_offers_to_make_it(
    computed: Site, signed_in: SignedIn
) -> None:
    assert "Predict anew" not in text_at(signed_in("reader"), PAGE)
    client = signed_in()
    text = text_at(client, PAGE)
    assert "Nothing was predicted yet." in text and "Predict anew" in text
    assert client.post("/predictions/make").status_code == 302
    assert Job.objects.filter(kind="insights.predict", state=Job.State.WAITING).count() == 1
    text = text_at(client, PAGE)
    assert "Predictions are being made." in text and "Predict anew" not in text
    Job.objects.filter(kind="insights.predict").update(state=Job.State.FAILED)
    text = text_at(client, PAGE)
    assert "The last prediction failed." in text and "Predict anew" in text


def test_it_says_first_how_many_of_those_called_left(
    predicted: Site, signed_in: SignedIn, django_assert_num_queries: Callable[[int], object]
) -> None:
    client = signed_in()
    text_at(client, PAGE)
    with django_assert_num_queries(7):  # type: ignore[attr-defined]
        text = text_at(client, PAGE)
    called = Run.objects.get().state["days"][-1]["called"]
    assert (
        f"Of the {called['called']} customers called most at risk on" in text
        and f"{called['left']} did not come back" in text
    )
    assert text.count('<svg class="chart"') == 6  # three charts, wide and narrow
    assert "1 customer objected to profiling and is left out." in text
    assert "style=" not in text


def test_who_is_limited_to_a_market_sees_how_good_it_is_and_no_sums(
    predicted: Site, signed_in: SignedIn
) -> None:
    text = text_at(signed_in("reader", markets=["RO"]), PAGE)
    assert "What came true" in text and "It is about the customers of all markets together." in text
    assert "Expected revenue" not in text and "Customers by risk" not in text


@pytest.mark.parametrize(
    ("english", "shown"),
    [
        ("No back-test: facts before 2026-01-04: The facts reach back 12 days: too short to learn who comes back within 30.\nGive at least 84 days of history, or ask for a shorter horizon.",
         "What came true on past days cannot be tested yet. The history reaches back 12 days: too short to learn who comes back within 30 days."),
        ("9 customers are too few for a purchase model; it takes at least 20.", "9 customers are too few for a purchase model; it takes at least 20."),
        ("Something new.", "Something new."),
    ],
    ids=["too short", "too few", "unknown"],
)  # fmt: skip
def test_what_could_not_be_done_is_said_plainly(english: str, shown: str) -> None:
    assert said.note(english) == shown


def test_every_feature_can_be_translated() -> None:
    assert {feature.words for feature in FEATURES.values()} == set(TEXTS)
