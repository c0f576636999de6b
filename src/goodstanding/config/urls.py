"""Every address of the product, by door."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("goodstanding.delivery.web.desk.urls")),
    path("account/", include("goodstanding.delivery.web.accounts.urls")),
]

handler403 = "goodstanding.delivery.web.frame.failures.forbidden"
handler404 = "goodstanding.delivery.web.frame.failures.missing"
handler500 = "goodstanding.delivery.web.frame.failures.broken"
