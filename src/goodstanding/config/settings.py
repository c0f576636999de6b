"""Django's settings."""

SECRET_KEY = "unset"  # noqa: S105
USE_TZ = True
INSTALLED_APPS: list[str] = []
