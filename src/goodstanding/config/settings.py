"""Django's settings, all from the environment; production adds nothing that a developer does not run."""

from pathlib import Path

from csp.constants import NONE, SELF

from goodstanding.config import env

HOME = env.home()
PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = env.secret(HOME)
SEAL_KEYS = env.seal_keys(HOME)
"""What credentials in the database are sealed with; the first seals, all open."""
DEBUG = env.flag("GOODSTANDING_DEBUG", default=False)
ALLOWED_HOSTS = env.names("GOODSTANDING_HOSTS", "127.0.0.1,localhost,[::1]")
SECURE = env.flag("GOODSTANDING_HTTPS", default=False)
"""Whether people reach the product by https; then cookies travel by nothing else."""
PROXIES = env.number("GOODSTANDING_PROXIES", 1 if SECURE else 0, least=0)
"""How many proxies of the operator's own stand in front; https ends at one, since the product's own server speaks http."""

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "goodstanding.apps.tenancy",
    "goodstanding.apps.runs",
    "goodstanding.apps.journal",
    "goodstanding.apps.documents",
    "goodstanding.apps.instances",
    "goodstanding.apps.doors",
    "goodstanding.apps.outbox",
    "goodstanding.apps.tickets",
    "goodstanding.apps.post",
    "goodstanding.apps.chat",
    "goodstanding.apps.feedback",
    "goodstanding.apps.desk",
    "goodstanding.apps.escalation",
    "goodstanding.delivery.web.frame",
]

MIDDLEWARE = [
    "goodstanding.delivery.api.middleware.ApiMiddleware",
    "goodstanding.delivery.web.frame.middleware.ProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "goodstanding.delivery.web.frame.middleware.ScopeMiddleware",
]

ROOT_URLCONF = "goodstanding.config.urls"
WSGI_APPLICATION = "goodstanding.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [PACKAGE / "delivery" / "web" / area / "pages" for area in ("frame", "desk", "public")],
        "OPTIONS": {"environment": "goodstanding.delivery.web.frame.jinja.environment"},
    },
    {
        # The sign-in pages of allauth are Django templates; all of them are replaced by ours.
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "delivery" / "web" / "accounts" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": env.database(HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "tenancy.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_ADAPTER = "goodstanding.delivery.web.accounts.adapter.Adapter"
ACCOUNT_SESSION_REMEMBER = True
# The same tokens as invitations carry (tenancy.actions.invite).
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 - a class, no secret

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_SSL_REDIRECT = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = env.names("GOODSTANDING_ORIGINS", "")
API_KEY_PER_MINUTE = env.number("GOODSTANDING_API_KEY_PER_MINUTE", 600)
API_PARTNER_PER_MINUTE = env.number("GOODSTANDING_API_PARTNER_PER_MINUTE", 1_800)
"""What one key, and all keys and webhooks of a partner together, may ask of the API."""
ALLOW_NETWORKS = env.text("GOODSTANDING_ALLOW_NETWORKS", "")
"""Networks that may be connected to though they are not public, as CIDRs with commas between."""
ALLOW_HTTP = env.flag("GOODSTANDING_ALLOW_HTTP", default=False)
"""Whether Odoo servers and webhooks may be asked over unencrypted http."""
REACH = "goodstanding.delivery.demo.reach" if env.flag("GOODSTANDING_DEMO", default=False) else ""
"""The name of a function that returns a `flows.reach_odoo.Reach` in the place of the guarded one; empty but in a demo and in
tests."""
SMTP_URL = env.text("GOODSTANDING_SMTP_URL", "")
"""The server that mail is sent by: smtps://user:password@host:465, or smtp:// for STARTTLS; empty, none is sent."""
MAIL_FROM = env.text("GOODSTANDING_MAIL_FROM", "")
"""The address that mail is sent from, to which what cannot be delivered comes back."""
ADDRESS = env.text("GOODSTANDING_ADDRESS", "").rstrip("/")
"""Where people reach the product, for links in mail: https://desk.example.com; empty, no mail is sent."""
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
"""An escalation matrix of sixty steps is some fifteen hundred fields."""
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LOCALE_PATHS = [PACKAGE / "locale"]

# The product's mail goes out by flows; nothing that holds a link to come in by may end up in the log.
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("GOODSTANDING_LOG", "WARNING").upper()},
}
