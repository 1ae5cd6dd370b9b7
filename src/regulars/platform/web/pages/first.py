"""The first steps of an empty installation: the first user, then data, then figures."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from regulars.kernel.errors import InputError
from regulars.platform.core import api as core
from regulars.platform.web.forms.account import FirstUserForm
from regulars.platform.web.guard import public

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


@public
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """Make the first administrator with the setup code; once somebody is there, the page leads to signing in."""
    if not core.setup_needed():
        return redirect("sign-in")
    # The link that `regulars up` prints carries the code.
    initial = {"language": translation.get_language(), "token": request.GET.get("token", "")[:40]}
    form = FirstUserForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            user = core.make_first_user(
                site=settings.SITE, given=values["token"], email=values["email"], name=values["name"],
                password=values["password"], language=values["language"],
            )  # fmt: skip
        except InputError:
            form.add_error(
                "token", _("This is not the setup code. `regulars up` prints it each time it starts.")
            )
        else:
            login(request, user, backend=MODEL_BACKEND)
            return redirect("today")
    return render(request, "first/welcome.html", {"form": form})


urls = [path("welcome", welcome, name="welcome")]
