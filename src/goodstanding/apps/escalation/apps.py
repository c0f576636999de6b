"""The app's place among Django's."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "goodstanding.apps.escalation"
    label = "escalation"
