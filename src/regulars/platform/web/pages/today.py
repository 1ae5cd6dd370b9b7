"""Today: whom to look after, why, what it is worth, what was done."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from regulars.platform.web.guard import Request, page


@page()
def today(request: Request) -> HttpResponse:
    return render(request, "today/today.html")


urls = [path("", today, name="today")]
