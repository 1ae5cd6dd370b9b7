"""Handing over: counted beforehand, recorded before anything leaves, once and for good."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from regulars.experiments import HELD_OUT, TREATED, assigned_on, holdout
from regulars.kernel.errors import ConflictError, InputError
from regulars.platform.core.api import Job, User, start_job
from regulars.platform.core.models import AuditEntry
from regulars.platform.customers.api import set_profiling
from regulars.platform.customers.models import Contact
from regulars.platform.engagement import api as engagement
from regulars.platform.engagement import drawing
from regulars.platform.engagement.models import Assigned, HandOver, HandOverList
from regulars.platform.insights import api as insights
from regulars.platform.web import handover_words as words
from support.handover import BEGIN, Shop, agree

pytestmark = pytest.mark.django_db


def test_beforehand_it_is_counted_and_planned(shop: Shop) -> None:
    agree(list(range(1, 41)), "denied")
    agree(list(range(41, 61)), "revoked")
    Contact.objects.filter(pk__in=[61, 62]).update(email="")
    looked = HandOver.objects.get(pk=shop.proposed(share=Decimal("0.1"))).looked
    counts, plan = looked["counts"], looked["plan"]
    assert (counts["found"], counts["no_consent"], counts["no_address"]) == (300, 60, 2)
    assert counts["treated"] + counts["held_out"] == 238 and 10 < counts["held_out"] < 40
    assert plan["like"] and 0.5 < plan["rate"] < 0.9 and plan["needed"] > 1000
    assert plan["sees"] is None  # twenty held out show nothing, and the page says so
    assert not Assigned.objects.exists()


def test_a_rule_that_the_past_cannot_answer_is_planned_from_everybody(shop: Shop) -> None:
    slug = insights.segments.make(by=shop.user, name="Agreed", rule='marketing_consent = "granted"')
    plan = HandOver.objects.get(pk=shop.proposed(segment=slug)).looked["plan"]
    assert not plan["like"] and plan["past"] > 200


def test_arms_are_those_of_the_key_and_who_did_not_agree_is_in_none(shop: Shop) -> None:
    agree([1, 2, 3], "denied")
    number = shop.begun(share=Decimal("0.3"))
    row = HandOver.objects.get(pk=number)
    drawn = dict(Assigned.objects.values_list("customer", "arm"))
    again = assigned_on(holdout(row.key, 0.3), sorted(drawn), BEGIN)
    assert drawn == dict(zip(again["customer"].to_pylist(), again["arm"].to_pylist(), strict=True))
    assert len(drawn) == 297 and not {1, 2, 3} & set(drawn)


def test_only_the_number_that_the_page_named_hands_over(shop: Shop) -> None:
    number = shop.proposed()
    with pytest.raises(ConflictError):
        engagement.begin(by=shop.user, number=number, customers=shop.told(number) + 1)
    assert HandOver.objects.get().state == "draft" and not HandOverList.objects.exists()


def test_newer_figures_are_counted_before_anything_leaves(shop: Shop) -> None:
    number = shop.proposed()
    told = shop.told(number)
    HandOver.objects.update(looked={**HandOver.objects.get().looked, "snapshot": 0})
    with pytest.raises(ConflictError, match="newer"):
        engagement.begin(by=shop.user, number=number, customers=told)
    assert HandOver.objects.get().state == "draft"
    shop.work()
    engagement.begin(by=shop.user, number=number, customers=shop.told(number))


@pytest.mark.parametrize("chunk", [1, 2, 4])
def test_a_kill_at_any_point_loses_and_doubles_nobody(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    """The worker dies in the `chunk`-th step of writing, after others had been written; a second one begins anew."""
    monkeypatch.setattr(drawing, "CHUNK", 70)
    number = shop.confirmed()
    written, still = 0, drawing._still

    def killed(of_day: Any) -> None:
        nonlocal written
        written += 1
        if written == chunk + 1:
            raise KeyboardInterrupt
        still(of_day)

    with monkeypatch.context() as dying:
        dying.setattr(drawing, "_still", killed)
        with pytest.raises(KeyboardInterrupt):
            shop.work()
    assert Assigned.objects.count() == 70 * chunk and HandOverList.objects.get().state == "drawing"
    assert shop.file(number) == []  # nothing leaves before the list is whole
    Job.objects.all().delete()
    start_job(kind="engagement.draw", hand_over=number)
    shop.work()
    assert Assigned.objects.count() == 300 and len(shop.arm(number, TREATED)) == len(shop.file(number)) > 100


def test_a_list_that_was_left_is_of_the_day_on_which_it_is_drawn(shop: Shop) -> None:
    number = shop.confirmed()
    HandOverList.objects.create(hand_over_id=number, day=BEGIN, turn="killed")
    shop.work()
    today = timezone.now().date()
    assert HandOverList.objects.get().day == today
    assert set(Assigned.objects.values_list("day", flat=True)) == {today}


def test_who_objects_while_it_is_drawn_is_in_no_arm(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def objecting(*given: Any) -> Any:
        found = find(*given)
        set_profiling(numbers=(7,), allowed=False, by=shop.user)
        return found

    find = drawing.whom.find
    monkeypatch.setattr(drawing.whom, "find", objecting)
    number = shop.begun()
    assert Assigned.objects.count() == 299 and not Assigned.objects.filter(customer=7).exists()
    assert sum(HandOverList.objects.get().counts[arm] for arm in (TREATED, HELD_OUT)) == 299
    assert len(shop.file(number)) == len(shop.arm(number, TREATED))


def test_a_rule_that_fits_no_longer_ends_it_and_is_named(shop: Shop) -> None:
    number = shop.begun(every="day")
    HandOver.objects.update(rule="no_such_column > 1")
    shop.next_day(number)
    seen = shop.seen(number)
    assert seen.state == "stopped" and seen.looked["mistake"] and len(seen.lists) == 1
    assert words.lead(seen).startswith("The rule of this segment no longer fits.")
    assert AuditEntry.objects.get(action="handover.stopped").details == {"why": "rule"}


def test_a_rule_that_fits_no_longer_before_the_first_list_leaves_nothing_begun(shop: Shop) -> None:
    number = shop.confirmed()
    HandOver.objects.update(rule="no_such_column > 1")
    shop.work()
    seen = shop.seen(number)
    assert words.lead(seen) == "The rule of this segment no longer fits. Change it, then hand it over anew."
    assert seen.state == "stopped" and not seen.lists


def test_an_attempt_that_was_overtaken_writes_nothing_more(shop: Shop) -> None:
    number = shop.begun()
    late = HandOverList.objects.get()
    HandOverList.objects.update(state="drawing", turn="another")
    with pytest.raises(drawing.OvertakenError):
        drawing._still(late)
    start_job(kind="engagement.draw", hand_over=number)
    start_job(kind="engagement.draw", hand_over=number)
    shop.work()
    assert Assigned.objects.count() == 300 and HandOverList.objects.count() == 1


def test_what_comes_again_adds_newcomers_and_moves_nobody(shop: Shop) -> None:
    agree(list(range(1, 101)), "denied")
    number = shop.begun(every="week")
    before = dict(Assigned.objects.values_list("customer", "arm"))
    agree(list(range(1, 51)))
    shop.next_day(number)
    after = dict(Assigned.objects.values_list("customer", "arm"))
    assert len(before) == 200 and len(after) == 250
    assert {customer: after[customer] for customer in before} == before
    newest = shop.seen(number).lists[0].counts
    assert (newest["before"], newest[TREATED] + newest[HELD_OUT], newest["no_consent"]) == (200, 50, 50)


def test_who_objects_or_takes_consent_back_leaves_with_no_file(shop: Shop) -> None:
    number = shop.begun()
    gone, kept = shop.arm(number, TREATED)[:2], shop.arm(number, TREATED)[2:]
    set_profiling(numbers=(gone[0],), allowed=False, by=shop.user)
    agree([gone[1]], "revoked")
    emails = {row[1] for row in shop.file(number)}
    assert emails == {contact.email for contact in Contact.objects.filter(pk__in=kept)}


def test_somebody_who_objected_is_in_no_arm(shop: Shop) -> None:
    set_profiling(numbers=(7,), allowed=False, by=shop.user)
    shop.begun()
    assert not Assigned.objects.filter(customer=7).exists()


def test_markets_limit_whom_one_hands_over_and_what_one_sees(shop: Shop, user: Any) -> None:
    far = user("marketing", email="no@example.org", markets=["NO"])
    number = shop.begun(by=far)
    assert set(Assigned.objects.values_list("market", flat=True)) == {"NO"}
    other = user("marketing", email="de@example.org", markets=["DE"])
    assert engagement.hand_over(user=other, number=number) is None
    assert engagement.file_of(user=other, number=number) is None
    with pytest.raises(InputError):
        engagement.stop(by=other, number=number)


def test_without_the_right_it_goes_on_no_more(shop: Shop, user: Any) -> None:
    by = user("marketing", email="m@example.org")
    number = shop.begun(by=by, every="day")
    User.objects.filter(pk=by.pk).update(role="analyst")
    Assigned.objects.all().delete()
    shop.next_day(number)
    assert HandOver.objects.get().state == "stopped" and not Assigned.objects.exists()


def test_the_audit_log_says_who_and_how_many_never_whom(shop: Shop) -> None:
    number = shop.begun()
    engagement.note_download(by=shop.user, number=number, day="all", customers=len(shop.file(number)))
    written = AuditEntry.objects.filter(action__startswith="handover.")
    assert set(written.values_list("action", flat=True)) == {
        "handover.begun",
        "handover.drawn",
        "handover.downloaded",
    }
    taken = written.get(action="handover.downloaded")
    assert taken.user == shop.user and taken.details["customers"] == len(shop.arm(number, TREATED))
    assert "@" not in str(list(written.values_list("object", "details")))
