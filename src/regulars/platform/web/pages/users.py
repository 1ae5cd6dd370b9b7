"""Users, invitations, roles."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from regulars.platform.core import api as core
from regulars.platform.insights import api as insights
from regulars.platform.web import told_of
from regulars.platform.web.forms.account import NewUserForm
from regulars.platform.web.forms.users import InvitationForm, RoleForm
from regulars.platform.web.guard import Request, page, public
from regulars.platform.web.pages.first import MODEL_BACKEND
from regulars.platform.web.pages.sign_in import send_link
from regulars.platform.web.words import REASONS, ROLE_NAMES, ROLE_TEXTS


@page("users.manage")
@require_http_methods(["GET", "POST"])
def users(request: Request) -> HttpResponse:
    """Who may sign in, who was invited; a form to invite."""
    initial = {"language": core.get_setting("language"), "role": "reader"}
    form = InvitationForm(request.POST or None, by=request.user, known_markets=_markets(), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                made, token = core.invite(by=request.user, now=timezone.now(), **form.cleaned_data)
                return _invited(request, made, settings.PUBLIC_URL + reverse("join", args=[token]))
        except core.Refused as refused:
            form.add_error("email", str(REASONS[refused.reason]))
    people = core.people()
    context = {
        "form": form,
        "people": people,
        "active": [user for user in people if user.is_active],
        "unprotected": sum(not user.second_factor for user in people if user.is_active),
        "invitations": core.open_invitations(now=timezone.now()),
        "roles": [(ROLE_NAMES[role], ROLE_TEXTS[role]) for role in core.ROLES],
        "role_names": ROLE_NAMES,
    }
    return render(request, "users/users.html", context)


def _invited(request: Request, made: core.Invitation, address: str) -> HttpResponse:
    """Send the link; where no mail server is set, show it once, to be handed over."""
    if not core.mail_is_sent():
        return render(request, "users/link.html", {"email": made.email, "address": address, "days": 7})
    with translation.override(made.language):
        core.send_mail(
            cause=f"invitation:{made.pk}",
            to=made.email,
            subject=_("You are invited to Regulars"),
            text=_(
                "%(who)s invites you to Regulars.\n\n"
                "Choose a password within seven days; the link works once:\n%(address)s"
            ) % {"who": request.user, "address": address},
            confidential=True,
        )  # fmt: skip
    messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": made.email})
    return redirect("users")


@page("users.manage")
@require_http_methods(["GET", "POST"])
def user(request: Request, number: int) -> HttpResponse:
    """One user: role, markets, and what helps them in."""
    found = core.User.objects.filter(pk=number).first()
    if found is None:
        raise Http404
    initial = {"role": found.role, "markets": ", ".join(found.markets)}
    form = RoleForm(request.POST or None, by=request.user, known_markets=_markets(), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            core.change_user(by=request.user, number=number, **form.cleaned_data)
        except core.Refused as refused:
            form.add_error("role", str(REASONS[refused.reason]))
        else:
            messages.success(request, _("Saved. It counts from now on, on every page."))
            return redirect("users")
    context = {
        "form": form,
        "found": found,
        "roles": [(ROLE_NAMES[role], ROLE_TEXTS[role]) for role in core.ROLES],
    }
    return render(request, "users/user.html", context)


@page("users.manage")
@require_POST
def set_active(request: Request, number: int) -> HttpResponse:
    """Deactivate, or let somebody in again."""
    active = request.POST.get("active") == "1"
    said = (
        _("They may sign in again.")
        if active
        else _("They cannot sign in any more, and are signed out everywhere.")
    )
    return _done(request, said, lambda: core.set_active(by=request.user, number=number, active=active))


@page("users.manage")
@require_POST
def remove_second_factor(request: Request, number: int) -> HttpResponse:
    """POST: for who lost theirs; tells them by mail."""
    said = _("The second factor is removed, and they are signed out everywhere.")

    def remove() -> None:
        with transaction.atomic():
            core.remove_second_factor(by=request.user, number=number)
            told_of.second_factor_off(core.User.objects.get(pk=number))

    return _done(request, said, remove)


@page("users.manage")
@require_POST
def password_link(request: Request, number: int) -> HttpResponse:
    """A link for a new password: by mail, or shown to be handed over where no mail can be sent."""
    try:
        found = core.user_for_help(by=request.user, number=number)
    except core.Refused as refused:
        messages.error(request, str(REASONS[refused.reason]))
        return redirect("users")
    parts = core.reset_parts(email=found.email)
    if parts is None:  # somebody deactivated
        messages.error(request, str(REASONS["not_valid"]))
    elif core.mail_is_sent():
        send_link(*parts)
        messages.success(
            request, _("A link for a new password is on its way to %(email)s.") % {"email": found.email}
        )
    else:
        address = settings.PUBLIC_URL + reverse("new-password", args=parts[1:])
        return render(request, "users/link.html", {"email": found.email, "address": address, "days": 0})
    return redirect("user", number)


@page("users.manage")
@require_POST
def withdraw(request: Request, number: int) -> HttpResponse:
    return _done(
        request, _("The invitation is withdrawn."), lambda: core.withdraw(by=request.user, number=number)
    )


def _done(request: Request, said: str, what: Callable[[], None]) -> HttpResponse:
    try:
        what()
    except core.Refused as refused:
        messages.error(request, str(REASONS[refused.reason]))
    else:
        messages.success(request, said)
    return redirect("users")


def _markets() -> list[str]:
    """The markets that there are figures of; none before the first import."""
    snapshot = insights.current()
    return [code for code, customers in snapshot.markets] if snapshot else []


@public
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation: choose a name and a password."""
    invitation = core.invitation_of(token=token, now=timezone.now())
    if invitation is None:
        return render(request, "users/not_valid.html", status=410)
    with translation.override(invitation.language):
        form = NewUserForm(request.POST or None, user=core.User(email=invitation.email))
        if request.method == "POST" and form.is_valid():
            try:
                joined = core.accept(token=token, now=timezone.now(), **form.cleaned_data)
            except core.Refused:
                return render(request, "users/not_valid.html", status=410)
            login(request, joined, backend=MODEL_BACKEND)
            return redirect("today")
        return render(request, "users/join.html", {"form": form, "invitation": invitation})


urls = [
    path("users", users, name="users"),
    path("users/<int:number>", user, name="user"),
    path("users/<int:number>/active", set_active, name="user-active"),
    path("users/<int:number>/second-factor", remove_second_factor, name="user-second-factor"),
    path("users/<int:number>/password-link", password_link, name="user-password-link"),
    path("invitations/<int:number>/withdraw", withdraw, name="withdraw-invitation"),
    path("join/<str:token>", join, name="join"),
]
