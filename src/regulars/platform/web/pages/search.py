

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path

from regulars.platform.web.guard import Request, page


@page()
def search(request: Request) -> HttpResponse:
    return HttpResponse()


urls = [path("search", search, name="search")]
