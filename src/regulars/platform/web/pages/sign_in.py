"""Signing in and out, the second factor, a forgotten password."""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from regulars.platform.web.guard import public


urls = [
    path("sign-in", public(LoginView.as_view(template_name="account/sign_in.html")), name="sign-in"),
    path("sign-out", public(LogoutView.as_view(next_page="sign-in")), name="sign-out"),
]
