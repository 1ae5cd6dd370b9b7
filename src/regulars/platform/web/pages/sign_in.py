"""Signing in and out, the second factor, a forgotten password."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import LoginView, LogoutView
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.utils.encoding import force_str
from django.utils.http import url_has_allowed_host_and_scheme, urlsafe_base64_decode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django_otp import login as verified

from regulars.platform.core import api as core
from regulars.platform.web import told_of
from regulars.platform.web.forms.account import AddressForm, CodeForm, NewPasswordForm, SignInForm
from regulars.platform.web.guard import Request, page, public

_RESET = "reset_token"  # in the session: the address that carries the token is left at once


class SignIn(LoginView):
    """E-mail address and password; on an installation without users, the way to make the first one."""

    template_name = "account/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "GET" and core.setup_needed():
            return redirect("welcome")
        return super().dispatch(request, *args, **kwargs)

    def form_invalid(self, form: Any) -> HttpResponse:
        if any(error.code == "locked" for error in form.non_field_errors().as_data()):
            return render(self.request, "account/locked.html", status=429)
        return super().form_invalid(form)


def safe_next(request: Any) -> str:
    """Where to go on: the address that was asked for if it is one of ours, else the first page."""
    wanted = str(request.POST.get("next") or request.GET.get("next") or "")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else reverse("today")


@page()
@require_http_methods(["GET", "POST"])
def second_factor(request: Request) -> HttpResponse:
    """The code after the password."""
    user = request.user
    if not user.second_factor or user.is_verified():  # type: ignore[attr-defined]
        return redirect(safe_next(request))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if device := core.check_code(user=user, code=form.cleaned_data["code"]):
            request.session.cycle_key()
            verified(request, device)
            return redirect(safe_next(request))
        form.add_error("code", _wrong_code(core.code_wait(user=user, now=timezone.now())))
    return render(request, "account/second_factor.html", {"form": form, "next": safe_next(request)})


def _wrong_code(seconds: int) -> str:
    if seconds > 1:
        return translation.ngettext(
            "This code is not right. The next one is taken in %(seconds)s second.",
            "This code is not right. The next one is taken in %(seconds)s seconds.",
            seconds,
        ) % {"seconds": seconds}
    return _("This code is not right. Codes change every 30 seconds and work once.")


@public
@require_http_methods(["GET", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link by mail. The answer is the same whether the address is known or not."""
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if core.mail_is_sent() and (found := core.reset_parts(email=form.cleaned_data["email"])):
            with transaction.atomic():
                send_link(*found)
                core.record(user=None, action="password.link_sent", object=f"user:{found[0].pk}")
        return render(request, "account/link_sent.html", {"mail": core.mail_is_sent()})
    return render(request, "account/forgotten.html", {"form": form})


def send_link(user: core.User, number: str, token: str) -> None:
    """At most one mail in five minutes, however often the page is asked."""
    window = int(timezone.now().timestamp()) // 300
    address = settings.PUBLIC_URL + reverse("new-password", args=[number, token])
    with translation.override(user.language):
        core.send_mail(
            cause=f"password-reset:{user.pk}:{window}",
            to=user.email,
            subject=_("Set a new password for Regulars"),
            text=_(
                "Somebody, presumably you, asked for a new password for Regulars.\n\n"
                "Set it here within an hour; the link works once:\n%(address)s\n\n"
                "If it was not you, nothing has changed and you need do nothing."
            ) % {"address": address},
            confidential=True,
        )  # fmt: skip


@public
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def new_password(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """Set a password by the mail's link. The token moves from the address into the session before anything is shown."""
    if token != "set":
        request.session[_RESET] = token
        return redirect("new-password", number, "set")
    user = _user_of(number)
    if user is None or not default_token_generator.check_token(user, request.session.get(_RESET, "")):
        return render(request, "account/link_used.html", status=410)
    form = NewPasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            core.change_password(user=user, password=form.cleaned_data["password"])
            told_of.password_changed(user)
            request.session.flush()
        return render(request, "account/password_set.html")
    return render(request, "account/new_password.html", {"form": form})


def _user_of(number: str) -> core.User | None:
    try:
        return core.User.objects.filter(
            pk=int(force_str(urlsafe_base64_decode(number))), is_active=True
        ).first()
    except (ValueError, OverflowError):
        return None


_sign_in = method_decorator(never_cache, name="dispatch")(SignIn).as_view()
urls = [
    path("sign-in", public(_sign_in), name="sign-in"),
    path("sign-out", public(LogoutView.as_view(next_page="sign-in")), name="sign-out"),
    path("second-factor", second_factor, name="second-factor"),
    path("forgotten-password", forgotten, name="forgotten-password"),
    path("new-password/<str:number>/<str:token>", new_password, name="new-password"),
]
