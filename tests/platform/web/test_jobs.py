"""Progress of a job: who may see it, how it says that it ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from regulars.kernel.errors import InputError
from regulars.platform.core import jobs
from regulars.platform.core.models import AuditEntry, Job, User

pytestmark = pytest.mark.django_db(transaction=True)
FRAGMENT: dict[str, Any] = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(job: jobs.Running) -> None:
        raise InputError("The file is empty.", where="orders.csv", do="Export it again.")

    monkeypatch.setattr(jobs, "KINDS", {})
    jobs.register("note", lambda job: None)
    jobs.register("refuse", refuse)


def test_a_waiting_job_asks_again_by_itself(signed_in: Callable[..., Client], kinds: None) -> None:
    client = signed_in()
    job = jobs.start(kind="note", by=User.objects.get())
    text = client.get(f"/jobs/{job.pk}", **FRAGMENT).content.decode()
    assert f'hx-get="/jobs/{job.pk}"' in text and "<html" not in text


def test_a_job_that_is_done_has_its_page_loaded_anew(
    signed_in: Callable[..., Client], kinds: None, work: Callable[[], None]
) -> None:
    client = signed_in()
    job = jobs.start(kind="note", by=User.objects.get())
    work()
    assert client.get(f"/jobs/{job.pk}", **FRAGMENT).headers["HX-Refresh"] == "true"


def test_a_failed_job_says_what_to_do_and_asks_no_more(
    signed_in: Callable[..., Client], kinds: None, work: Callable[[], None]
) -> None:
    client = signed_in()
    job = jobs.start(kind="refuse")
    work()
    text = client.get(f"/jobs/{job.pk}", **FRAGMENT).content.decode()
    assert "The file is empty." in text and "Export it again." in text and "hx-get" not in text


def test_half_done_is_shown_as_a_bar_in_every_language(signed_in: Callable[..., Client], kinds: None) -> None:
    client = signed_in(language="de")
    job = jobs.start(kind="note")
    Job.objects.update(state=Job.State.RUNNING, step="orders.csv", share=0.5)
    assert 'value="0.500"' in client.get(f"/jobs/{job.pk}", **FRAGMENT).content.decode()


def test_cancelling_is_by_post_and_written_down(signed_in: Callable[..., Client], kinds: None) -> None:
    client = signed_in()
    job = jobs.start(kind="note")
    assert client.get(f"/jobs/{job.pk}/cancel").status_code == 405
    client.post(f"/jobs/{job.pk}/cancel")
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert AuditEntry.objects.filter(action="job.cancelled", object=f"job:{job.pk}").exists()


def test_others_see_it_only_with_the_right(signed_in: Callable[..., Client], kinds: None) -> None:
    reader = signed_in("reader")
    job = jobs.start(kind="note")
    assert reader.get(f"/jobs/{job.pk}").status_code == 403
    assert signed_in("analyst").get(f"/jobs/{job.pk}").status_code == 200
    Job.objects.update(by=User.objects.get(role="reader"))
    assert reader.get(f"/jobs/{job.pk}").status_code == 200
