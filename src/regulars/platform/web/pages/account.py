

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path

from regulars.platform.web.guard import Request, page


@page()
def account(request: Request) -> HttpResponse:
    return HttpResponse()


urls = [path("account", account, name="account")]
