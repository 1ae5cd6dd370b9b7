"""Django's settings. Nothing here is edited by hand: values come from the environment (config.py) and the site's folder."""

from __future__ import annotations

from urllib.parse import urlparse

from csp.constants import NONE, SELF

from regulars import __version__
from regulars.platform import config
from regulars.platform.core.texts import compiled_locale
from regulars.platform.site import Site

SITE = Site.named().make()

DEBUG = config.DEBUG.flag()
SECRET_KEY = config.SECRET.text() or SITE.secret()
PUBLIC_URL = config.public_url()
SECURE = PUBLIC_URL.startswith("https://")
ALLOWED_HOSTS = sorted({*config.HOSTS.items(), urlparse(PUBLIC_URL).hostname or "localhost"})
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "axes",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "regulars.platform.core",
    "regulars.platform.privacy",
    "regulars.platform.customers",
    "regulars.platform.intake",
    "regulars.platform.insights",
    "regulars.platform.engagement",
    "regulars.platform.web",
]

MIDDLEWARE = [
    "regulars.platform.web.meters.measured",
    "regulars.platform.core.middleware.correlated",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "regulars.platform.core.middleware.seen",
    "regulars.platform.core.middleware.in_the_readers_language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "regulars.platform.web.middleware.kindly",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "regulars.platform.urls"
WSGI_APPLICATION = "regulars.platform.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": config.database(config.DATABASE.text(), SITE.database)}

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "regulars.platform.web.context.frame",
            ],
            "builtins": ["regulars.platform.web.templatetags.regulars"],
        },
    }
]

# ---- who may come in
AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "regulars.platform.core.hashers.FewAtOnce",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ("email", "name")}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]  # fmt: skip
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "today"
PASSWORD_RESET_TIMEOUT = 3600
OTP_TOTP_ISSUER = "Regulars"
SESSION_ENGINE = "regulars.platform.core.sessions"
SESSION_IDLE_SECONDS = max(1, config.SESSION_IDLE.whole()) * 60
SESSION_COOKIE_AGE = (
    max(1, config.SESSION_HOURS.whole()) * 3_600
)  # since the sign-in, whatever was done meanwhile
_HOST = "__Host-" if SECURE else ""  # browsers take such a cookie over TLS only, and from no other host
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_HOST}regulars_session", f"{_HOST}regulars_csrf"
CSRF_FAILURE_VIEW = "regulars.platform.web.pages.errors.form_too_old"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "username"
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_VERBOSE = False  # its log lines would hold e-mail addresses
AXES_DISABLE_ACCESS_LOG = True
AXES_SENSITIVE_PARAMETERS = ["username", "password", "ip_address"]
AXES_IPWARE_PROXY_COUNT = 1 if config.PROXIES.text() else 0

# ---- what a page may do
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^(health|ready|metrics)$"]  # asked by machines next to this one
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if config.PROXIES.text() else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_HANDLERS = [
    "regulars.platform.web.uploading.Bounded",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_TEMP_DIR = str(SITE.uploads)
FILE_UPLOAD_PERMISSIONS = 0o600

# ---- files of the package, served by the web process; the version in the address lets browsers keep them for ever
STATIC_URL = f"static/{__version__}/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 31_536_000

# ---- language and time
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("de", "Deutsch"),
    ("nb", "Norsk bokmål"),
    ("ro", "Română"),
    ("ar-xb", "⟦Pseudo⟧"),
]
LOCALE_PATHS = [str(compiled_locale(SITE.cache / "locale"))]

# ---- work behind the pages
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["quick", "long"]}}
SILENCED_SYSTEM_CHECKS: list[str] = []

# ---- mail to staff
DEFAULT_FROM_EMAIL = SERVER_EMAIL = config.MAIL_FROM.text()
globals().update(config.mail(config.MAIL_URL.text()))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "regulars.platform.core.logs.JsonLines"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["out"], "level": config.LOG_LEVEL.text()},
    "loggers": {
        "django.server": {"handlers": [], "propagate": False},
        "axes": {"level": "WARNING"},
        "django_tasks": {"level": "WARNING"},
        "django_tasks_db": {"level": "WARNING"},
    },
}
