"""One's own account: name, language, appearance, password, second factor, where one is signed in."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import login as verified
from django_otp.models import Device

from regulars.platform.core import api as core
from regulars.platform.web import told_of
from regulars.platform.web.browsers import in_words
from regulars.platform.web.forms.account import ChangePasswordForm, CodeForm, ConfirmForm, ProfileForm
from regulars.platform.web.guard import Request, page
from regulars.platform.web.pictures import scannable


@page()
@require_http_methods(["GET", "POST"])
def account(request: Request) -> HttpResponse:
    """Name, language, appearance; how one signs in, and where one is signed in."""
    user = request.user
    initial = {"name": user.name, "language": user.language, "theme": user.theme}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        core.change_profile(user=user, **form.cleaned_data)
        with translation.override(user.language):
            messages.success(request, _("Saved."))
        return redirect("account")
    signed_in = core.sessions(user=user, current=request.session.session_key or "")
    context = {
        "form": form,
        "sessions": [(session, in_words(session.agent)) for session in signed_in],
        "codes_left": core.codes_left(user=user) if user.second_factor else None,
        "required": core.get_setting("two_factor") == "required",
    }
    return render(request, "account/account.html", context)


@page()
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def change_password(request: Request) -> HttpResponse:
    """A new password; every other browser is signed out."""
    form = ChangePasswordForm(request.POST or None, user=request.user)
    must = request.user.must_change_password
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            core.change_password(
                user=request.user,
                password=form.cleaned_data["password"],
                keep=request.session.session_key or "",
            )
            told_of.password_changed(request.user)
            # A new session key: an earlier one is worth nothing.
            update_session_auth_hash(request, request.user)
        messages.success(request, _("Your password is changed. All other browsers were signed out."))
        return redirect("today" if must else "account")  # who had to change it was on the way in
    context = {"form": form, "must": must}
    return render(request, "account/change_password.html", context)


@page()
@require_http_methods(["GET", "POST"])
def second_factor_setup(request: Request) -> HttpResponse:
    """Begin, scan, type a code, keep the recovery codes: each by its own answer of one address."""
    user = request.user
    if user.second_factor:
        return redirect("account")
    if "begin" in request.POST:
        core.begin_second_factor(user=user)
        return redirect("second-factor-setup")
    enrolment = core.enrolment(user=user)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and enrolment and form.is_valid():
        with transaction.atomic():
            if done := core.confirm_second_factor(user=user, code=form.cleaned_data["code"]):
                told_of.second_factor_on(user)
                _verified_now(request, done[0])
        if done:
            return render(request, "account/recovery_codes.html", {"codes": done[1]})
        form.add_error("code", _("This code is not right. Is the clock of your phone set by the network?"))
    context = {
        "form": form,
        "enrolment": enrolment,
        "picture": scannable(enrolment.uri) if enrolment else None,
        "required": core.get_setting("two_factor") == "required",
    }
    return render(request, "account/second_factor_setup.html", context)


def _verified_now(request: Request, device: Device) -> None:
    """Note in the session that the code was right, and save it in the transaction that makes the recovery codes.

    Were it saved with the answer, as sessions are, a failure then would leave codes that nobody has seen.
    """
    verified(request, device)
    request.session.save()
    request.session.modified = False


@page()
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def second_factor_off(request: Request) -> HttpResponse:
    """Remove the second factor, after the password was given again."""
    if not request.user.second_factor:
        return redirect("account")
    form = ConfirmForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            core.switch_second_factor_off(user=request.user, by=request.user)
            told_of.second_factor_off(request.user)
        messages.success(request, _("The second factor is off. Your password alone signs you in."))
        return redirect("account")
    return render(request, "account/second_factor_off.html", {"form": form})


@page()
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def recovery_codes(request: Request) -> HttpResponse:
    """New recovery codes, after the password was given again; shown in the answer, never again."""
    if not request.user.second_factor:
        return redirect("account")
    form = ConfirmForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            codes = core.fresh_codes(user=request.user)
            told_of.recovery_codes_new(request.user)
        return render(request, "account/recovery_codes.html", {"codes": codes})
    return render(request, "account/new_codes.html", {"form": form})


@page()
@require_POST
def end_sessions(request: Request) -> HttpResponse:
    """End one session, or all but this one."""
    here = request.session.session_key or ""
    ended = core.end_sessions(
        user=request.user, by=request.user, only=request.POST.get("session", ""), but=here
    )
    said = ngettext("%(count)s browser was signed out.", "%(count)s browsers were signed out.", ended)
    messages.success(request, said % {"count": ended})
    return redirect("account")


urls = [
    path("account", account, name="account"),
    path("account/password", change_password, name="change-password"),
    path("account/second-factor", second_factor_setup, name="second-factor-setup"),
    path("account/second-factor/off", second_factor_off, name="second-factor-off"),
    path("account/recovery-codes", recovery_codes, name="recovery-codes"),
    path("account/sessions/end", end_sessions, name="end-sessions"),
]
