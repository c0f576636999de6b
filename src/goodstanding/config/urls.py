"""Every address of the product, by door."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from goodstanding.delivery.api import chat
from goodstanding.delivery.api.problems import nothing_here
from goodstanding.delivery.api.v1.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("goodstanding.delivery.web.desk.urls")),
    path("", include("goodstanding.delivery.web.public.urls")),
    path("account/", include("goodstanding.delivery.web.accounts.urls")),
    path("api/v1/chat/slack/<uuid:workspace>", chat.slack, name="slack"),
    path("api/v1/chat/teams/<uuid:workspace>", chat.teams, name="teams"),
    path("api/v1/", api.urls),
    re_path(r"^api(?:/(?P<rest>.*))?$", nothing_here, name="no_api"),
]

handler403 = "goodstanding.delivery.web.frame.failures.forbidden"
handler404 = "goodstanding.delivery.web.frame.failures.missing"
handler500 = "goodstanding.delivery.web.frame.failures.broken"
