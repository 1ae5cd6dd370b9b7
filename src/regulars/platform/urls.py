"""Every address of the site."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("", include("regulars.platform.web.urls"))]
handler400 = "regulars.platform.web.pages.errors.bad_request"
handler403 = "regulars.platform.web.pages.errors.forbidden"
handler404 = "regulars.platform.web.pages.errors.not_found"
handler500 = "regulars.platform.web.pages.errors.server_error"
