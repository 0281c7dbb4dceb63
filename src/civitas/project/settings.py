"""Django's settings, over the declared table of environment variables in `environment.py`."""

from __future__ import annotations

import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from civitas.project.environment import read, read_flag

DATA = Path(read("CIVITAS_DATA")).resolve()
DEBUG = read_flag("DEBUG")
DEMO = read_flag("DEMO")


def _secret_key() -> str:
    if read("SECRET_KEY"):
        return read("SECRET_KEY")
    DATA.mkdir(parents=True, exist_ok=True)
    kept = DATA / "secret-key"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    return kept.read_text(encoding="utf-8").strip()


SECRET_KEY = _secret_key()
# Not in the database, and in no backup of it: without it nobody reads the evidence store (docs/decisions).
EVIDENCE_KEY = read("EVIDENCE_KEY")
if EVIDENCE_KEY and len(EVIDENCE_KEY) < 32:
    raise ImproperlyConfigured("EVIDENCE_KEY needs at least 32 random letters")

# One file for each city that has a sign-in service of its own; in no pack, no database and no export.
OIDC_SECRETS = read("OIDC_SECRETS")

# Which hosts exist is known by the cities themselves: their middleware answers any other with the page 'unknown host'.
ALLOWED_HOSTS = ["*"]
BASE_HOSTS = [host.strip() for host in read("BASE_HOST").split(",")] + ["127.0.0.1"]
SITE_SCHEME = read("SITE_SCHEME")
PUBLIC_PORT = read("PUBLIC_PORT") or (read("PORT") if SITE_SCHEME == "http" else "")
RATE_FACTOR = float(read("RATE_FACTOR"))
PROOF_COST = int(read("PROOF_COST"))
TASKS_URL = read("TASKS_URL")
REDIS_URL = read("REDIS_URL")
LIVE_URL = read("LIVE_URL")
LIVE_PORT = int(read("LIVE_PORT") or int(read("PORT")) + 1)
TRUSTED_PROXIES = read_flag("TRUSTED_PROXIES")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    # The rooms, the ground first.
    "civitas.kit",
    "civitas.cities",
    "civitas.outbox",
    "civitas.journal",
    "civitas.notices",
    "civitas.people",
    "civitas.team",
    "civitas.media",
    "civitas.services",
    "civitas.processes",
    "civitas.classes",
    "civitas.contributions",
    "civitas.lineage",
    "civitas.dialogue",
    "civitas.meeting",
    "civitas.answering",
    "civitas.merging",
    "civitas.redaction",
    "civitas.moderation",
    "civitas.unlawful",
    "civitas.boards",
    "civitas.methods",
    "civitas.coproduction",
    "civitas.provision",
    "civitas.sensor",
    "civitas.lab",
    "civitas.themes",
    "civitas.reporting",
    "civitas.cockpit",
    "civitas.interop",
    # After the rooms, so that their templates come first.
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

# Where the registry finds the building blocks that the house brings; others come as packages (`processes.registry`).
METHODS_OF_THE_HOUSE = "civitas.methods"

MIDDLEWARE = [
    "civitas.kit.sources.proxy_middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "civitas.media.handlers.body_middleware",
    "civitas.kit.writes.read_only_middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "civitas.cities.middleware.city_middleware",
    "civitas.kit.languages.language_middleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "civitas.people.actors.actor_middleware",
    "csp.middleware.CSPMiddleware",
    "civitas.boards.addresses.live_address_middleware",
    "civitas.cities.middleware.map_background_middleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "civitas.kit.redirects.way_up_middleware",
    "civitas.kit.errors.refusal_middleware",
]

ROOT_URLCONF = "civitas.project.urls"
WSGI_APPLICATION = "civitas.project.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "civitas.people.frame.frame",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]


def _database() -> dict[str, object]:
    if not read("DATABASE_URL"):
        DATA.mkdir(parents=True, exist_ok=True)
        return {
            "ENGINE": "civitas.kit.sqlite3",
            "NAME": DATA / "civitas.sqlite3",
            # Persistent, so that a request does not pay for opening the file and its pragmas.
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # FULL: a 'thank you' page means that the row is on disk.
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                    "PRAGMA cache_size=-32000; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY; "
                    # What is overwritten or deleted is gone from its page; no cost that can be measured (docs/redaction.md).
                    "PRAGMA secure_delete=ON;"
                ),
            },
        }
    url = urlsplit(read("DATABASE_URL"))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname or "",
        "PORT": str(url.port or ""),
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 16}},
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "mine"
LOGOUT_REDIRECT_URL = "/"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_SCHEME == "https"
CSRF_FAILURE_VIEW = "civitas.kit.errors.permission_denied"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if SITE_SCHEME == "https" else 0
X_FRAME_OPTIONS = "DENY"

# Sign-in by a mailed code, by a passkey (`people.passkeys`), by the city's service (`people.oidc`), or by a password with a second step.
ACCOUNT_ADAPTER = "civitas.people.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_REQUIRED = False
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
MFA_ADAPTER = "civitas.people.accounts.SecondStepAdapter"
# Passkeys are ours, since each opens one host alone.
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
# Tries are counted by `people.guesses`: allauth counts in the cache, which forgets its oldest when many ask at once.
ACCOUNT_RATE_LIMITS = False
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "kit_cache"}}

LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("German")), ("en", _("English")), ("de-simple", _("Simple German"))]
USE_I18N = USE_TZ = True
FORMAT_MODULE_PATH = ["civitas.project.formats"]
TIME_ZONE = "Europe/Berlin"

STATIC_URL = "/static/"
# Nothing is collected: whitenoise serves what the build left in the rooms.
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
# The front end's build names files by their content: they may be kept for ever.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/kit/.+[.-][0-9A-Za-z_-]{8}\.[a-z0-9.]+$"
MEDIA_ROOT = Path(read("STORAGE_URL") or DATA / "media")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(MEDIA_ROOT)}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "civitas.media.handlers.LimitHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        # The cities' middleware adds the host of the map background that the city chose, that of the boards a board's live address.
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}


def _mail() -> dict[str, object]:
    if not read("EMAIL_URL"):
        return {"EMAIL_BACKEND": "civitas.notices.mailbox.MailboxBackend" if DEMO else "django.core.mail.backends.console.EmailBackend"}
    url = urlsplit(read("EMAIL_URL"))
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": url.hostname,
        "EMAIL_PORT": url.port or 25,
        "EMAIL_HOST_USER": unquote(url.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
        "EMAIL_USE_TLS": url.scheme == "smtp+tls",
        "EMAIL_USE_SSL": url.scheme == "smtps",
    }


globals().update(_mail())
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = read("EMAIL_FROM")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "civitas.kit.logs.PlainFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # They tell every step and every oddity of every PDF.
    "loggers": {"pypdf": {"level": "ERROR"}, "weasyprint": {"level": "ERROR"}, "fontTools": {"level": "ERROR"}},
}
