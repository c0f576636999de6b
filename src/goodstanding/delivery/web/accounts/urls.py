"""Addresses of signing in and out: only those of allauth that have a use here."""

from allauth.account import views
from django.urls import path, re_path

from goodstanding.delivery.web.accounts.lost import password_reset

urlpatterns = [
    path("sign-in", views.login, name="account_login"),
    path("sign-out", views.logout, name="account_logout"),
    path("sign-up", views.signup, name="account_signup"),
    path("password", views.password_change, name="account_change_password"),
    path("inactive", views.account_inactive, name="account_inactive"),
    path("password/reset", password_reset, name="account_reset_password"),
    path("password/reset/done", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done", views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("again", views.reauthenticate, name="account_reauthenticate"),
]
