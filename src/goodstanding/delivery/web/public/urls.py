"""Addresses of the pages for who is not signed in."""

from django.urls import path

from goodstanding.delivery.web.public import rating

urlpatterns = [
    path("feedback/<str:token>", rating.rate, name="rate"),
    path("feedback/<str:token>/stop", rating.stop, name="stop_asking"),
]
