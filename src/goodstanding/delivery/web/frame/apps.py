"""The frame's place among Django's apps, for its static files."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "goodstanding.delivery.web.frame"
    label = "frame"
