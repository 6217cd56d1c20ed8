"""The one settings file. Every choice that differs between machines is an environment variable.

`OUTSOURCING_ENV` is `production` (the default), `demo`, `test` or `bench`. The last three run on this machine alone and
fill in what is missing; in production a missing variable stops the start with its name.
"""

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.management.utils import get_random_secret_key
from environs import Env, EnvError, validate
from whitenoise.compress import Compressor

from outsourcing.shared.postgres import Server

django_stubs_ext.monkeypatch()  # lets classes such as forms.ModelForm[User] name their type

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
try:
    MODE = env.str("OUTSOURCING_ENV", "production")
    if MODE not in {"production", "demo", "test", "bench"}:
        raise SystemExit(f"OUTSOURCING_ENV is {MODE!r}: set it to production, demo, test or bench.")
    PRODUCTION = MODE == "production"
    DEMO = MODE == "demo"

    if PRODUCTION:
        for name, example in {
            "SECRET_KEY": "fifty random characters",
            "DATABASE_URL": "postgresql://user:password@host/name",
            "ALLOWED_HOSTS": "outsourcing.example.com",
            "BROKER_URL": "amqp://user:password@host// or redis://host/0",
        }.items():
            if not env.str(name, "").strip(" ,"):
                raise SystemExit(f"{name} is missing: set this environment variable, for example to {example}.")

    VAR_DIR = Path(env.str("VAR_DIR", "") or BASE_DIR / "var")
    SECRET_KEY = env.str("SECRET_KEY", "benchmarks keep their sessions" if MODE == "bench" else get_random_secret_key())
    DEBUG = env.bool("DEBUG", False) and DEMO
    ALLOWED_HOSTS = [*filter(None, env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]", "testserver"]))]
    BASE_URL = env.str("BASE_URL", f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else "http://localhost:8000").rstrip("/")
    OURS = "" if PRODUCTION else Server(VAR_DIR / MODE / "postgres").url  # the embedded one, where no other is named
    if not PRODUCTION and not env.str("DATABASE_URL", ""):
        os.environ.pop("DATABASE_URL", None)  # empty is not set
    DATABASES = {"default": env.dj_db_url("DATABASE_URL", OURS, conn_max_age=None, conn_health_checks=True)}
    if MODE == "test":
        DATABASES["default"]["CONN_MAX_AGE"] = 0  # threads of the tests end without closing theirs
    BROKER_URL = env.str("BROKER_URL", "memory://" if MODE == "test" else "filesystem://localhost/")
    BROKER_QUEUE = env.str("BROKER_QUEUE", "outsourcing")
    MAIL_SERVER = env.dj_email_url("EMAIL_URL", "smtp://localhost:25")
    #: In days; outsourcing/shared/retention.py.
    KEPT = {
        name: env.int(f"{name}_KEPT_DAYS", days, validate=validate.Range(1, 3650))
        for name, days in {"MAIL_TEXTS": 90, "REMINDERS": 730, "IMPORTS": 90, "LINKS": 365, "SIGN_UPS": 30}.items()
    }
    STORM = env.int("STORM", 50, validate=validate.Range(1, 1_000_000))
    BOUNCE_SECRET = env.str("BOUNCE_SECRET", "")
    SENDER_ADDRESS = env.str("SENDER_ADDRESS", f"no-reply@{urlsplit(BASE_URL).hostname}")
    CLOCK_OFFSET = timedelta(seconds=env.int("CLOCK_OFFSET", 0, validate=validate.Range(-(10**9), 10**9)))
    ERROR_REPORT = env.str("ERROR_REPORT", "")
    BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
    INVITATION_ONLY = env.bool("INVITATION_ONLY", False)

    if PRODUCTION and CLOCK_OFFSET:
        raise SystemExit("CLOCK_OFFSET moves the clock for tests and demonstrations: unset it in production.")
    if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql" or not DATABASES["default"]["NAME"]:
        raise SystemExit(
            "DATABASE_URL must read postgresql://user:password@host/name: this app runs on PostgreSQL only."
        )
    if urlsplit(BROKER_URL).scheme not in {
        "amqp",
        "amqps",
        "redis",
        "rediss",
        *([] if PRODUCTION else ["filesystem", "memory"]),
    }:
        raise SystemExit("BROKER_URL must begin with amqp://, amqps://, redis:// or rediss://.")
    _ = urlsplit(BROKER_URL).port, urlsplit(BASE_URL).port  # ValueError where it is no number that a port can have
    if not MAIL_SERVER["EMAIL_HOST"]:
        raise SystemExit("EMAIL_URL must begin with smtp://, or with submission:// for TLS.")
    if urlsplit(BASE_URL).scheme not in {"http", "https"} or (urlsplit(BASE_URL).hostname or "*")[0] in "*.":
        raise SystemExit(
            f"BASE_URL is {BASE_URL!r}: set it to the address people see, such as https://outsourcing.example.com."
        )
    if not re.fullmatch(r"[!-?A-~]+@[!-?A-~]+", SENDER_ADDRESS):
        raise SystemExit(
            f"SENDER_ADDRESS is {SENDER_ADDRESS!r}: set it to one plain address such as no-reply@example.com."
        )
except EnvError as error:
    raise SystemExit(f"The environment is not usable: {str(error).rstrip('.')}.") from None
except ValueError as error:
    raise SystemExit(f"A value in the environment is not usable: {error}.") from None

# ---- Rooms, lowest first -------------------------------------------------------------------------------------------
ROOMS = [
    "outsourcing.shared",
    "outsourcing.accounts",
    "outsourcing.files",
    "outsourcing.notifications",
    "outsourcing.leaving",
    "outsourcing.conversations",
    "vendors.directory",
    "milestones",
    "vendors.sourcing",
    "vendors.needs",
    "outsourcing",
]
INSTALLED_APPS = [
    *ROOMS,
    "django.contrib.admin.apps.SimpleAdminConfig",  # rooms register with outsourcing.shared.staff
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "outsourcing.shared.apps.StaticFiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "bootstrap",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_countries",
    "django_htmx",
    "pgtrigger",
    "pghistory",
]
MIDDLEWARE = [
    "outsourcing.shared.middleware.Traced",
    "outsourcing.shared.middleware.Gate",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "outsourcing.shared.middleware.Zipped",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "outsourcing.accounts.by_code.SignIn",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "outsourcing.shared.middleware.ErrorPages",
    "outsourcing.accounts.middleware.Acting",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "pghistory.middleware.HistoryMiddleware",
]
ROOT_URLCONF = "outsourcing.urls"
WSGI_APPLICATION = "outsourcing.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "outsourcing.shared.templates.Templates",
        "NAME": "django",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "outsourcing.shell.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "outsourcing.shared.templatetags.house",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

# ---- Database and cache --------------------------------------------------------------------------------------------
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# A pooler that hands each transaction another connection cannot keep a cursor open between them.
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# ---- People --------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")  # a look changes nothing that has a history
SILENCED_SYSTEM_CHECKS = [
    "auth.W004"
]  # the address is unique in lower case, by a constraint that the check does not see
AUTHENTICATION_BACKENDS = ["outsourcing.accounts.backend.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
if MODE == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # weak and quick, for the tests' people only
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "today"
ACCOUNT_ADAPTER = "outsourcing.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_FORMS = {"request_login_code": "outsourcing.accounts.by_code.CodeForm"}
if MODE == "bench":
    ACCOUNT_RATE_LIMITS = False  # somebody signs in hundreds of times a minute there
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
MFA_ADAPTER = "outsourcing.accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Outsourcing"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # localhost has no TLS, and browsers trust it all the same
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(BASE_URL).scheme

# ---- Safety --------------------------------------------------------------------------------------------------------
# No page needs anything that is not ours. Bootstrap draws its ticks and arrows as data: pictures.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_ENGINE = "outsourcing.shared.sessions"
SESSION_COOKIE_AGE = int(timedelta(days=30).total_seconds())
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "outsourcing.shared.pages.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = LARGEST_BODY = 2_621_440
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds())
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_SECURE = True
    CSRF_COOKIE_NAME = "__Host-csrf"
    if BEHIND_PROXY:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        ALLAUTH_TRUSTED_PROXY_COUNT = 1  # else all people share the proxy's address, and one guesser locks them all out

# ---- Words, times, files -------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
USE_I18N = False  # one language so far: looking each text up in six empty catalogues takes an eighth of a page
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / ("test/static" if MODE == "test" else "static")  # tests read the sources, see below
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        # So that they need no collecting; the demo's test reads the hashed files.
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [*Compressor.SKIP_COMPRESS_EXTENSIONS, "map"]
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = MODE == "test"

# ---- Files people hand in ------------------------------------------------------------------------------------------
FILES_DIR = VAR_DIR / ("test/files" if MODE == "test" else "files")
FILE_LIMIT = 25 * 1024 * 1024

SITE_NAME = "Outsourcing"

# ---- Mail ----------------------------------------------------------------------------------------------------------
# Every mail is a row first (outsourcing/notifications/outbox.py); MAIL_SERVER is where the rows are delivered.
EMAIL_BACKEND = "outsourcing.notifications.backend.OutboxBackend"
DEFAULT_FROM_EMAIL = f"Outsourcing <{SENDER_ADDRESS}>"
SERVER_EMAIL = SENDER_ADDRESS
MAILBOX_DIR = VAR_DIR / "demo" / "mailbox"

# ---- Celery --------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_DEFAULT_QUEUE = BROKER_QUEUE  # not Celery's own name, which others at the same broker have too
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A broker that is away costs whoever waits for a page a few seconds and no error: the next wake finds the row.
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 200_000  # KiB
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "UTC"
# A wake-up that nobody took before the next one is worth nothing, hence "expires".
CELERY_BEAT_SCHEDULE = {
    "pulse": {"task": "outsourcing.shared.tasks.pulse", "schedule": 20, "options": {"expires": 20}},
    "deliver": {"task": "outsourcing.notifications.tasks.deliver", "schedule": 30, "options": {"expires": 30}},
    "reminders": {"task": "outsourcing.notifications.tasks.sweep", "schedule": 30, "options": {"expires": 30}},
    "tidy": {
        "task": "outsourcing.notifications.tasks.tidy_reminders",
        "schedule": timedelta(minutes=5),
        "options": {"expires": 300},
    },
    "forget": {
        "task": "outsourcing.shared.tasks.forget",
        "schedule": timedelta(days=1),
        "options": {"expires": 3600},
    },
    "exports": {"task": "outsourcing.leaving.tasks.resume", "schedule": 30, "options": {"expires": 30}},
    "closings": {
        "task": "outsourcing.leaving.tasks.close_due",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3600},
    },
    "imports": {"task": "vendors.directory.imports.tasks.resume", "schedule": 30, "options": {"expires": 30}},
    "orders": {"task": "vendors.needs.orders.tasks.resume", "schedule": 30, "options": {"expires": 30}},
    "expire": {
        "task": "vendors.directory.evidence.tasks.expire",
        "schedule": timedelta(minutes=30),
        "options": {"expires": 1800},
    },
    "listings": {
        "task": "vendors.directory.profiles.tasks.resume_listings",
        "schedule": 300,
        "options": {"expires": 300},
    },
    "fold": {"task": "vendors.directory.search.tasks.fold", "schedule": 60, "options": {"expires": 60}},
    "contracts": {
        "task": "milestones.tasks.look_around",
        "schedule": timedelta(minutes=5),
        "options": {"expires": 300},
    },
    "over": {
        "task": "milestones.tasks.what_is_over",
        "schedule": timedelta(minutes=15),
        "options": {"expires": 900},
    },
    "briefs": {
        "task": "vendors.sourcing.tasks.close_briefs",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "measured": {
        "task": "vendors.sourcing.tasks.measure",
        "schedule": timedelta(minutes=15),
        "options": {"expires": 900},
    },
    "reply_times": {
        "task": "outsourcing.conversations.tasks.reckon_reply_times",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3600},
    },
    "recount": {
        "task": "vendors.directory.search.tasks.recount",
        "schedule": timedelta(days=1),
        "options": {"expires": 3600},
    },
}
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {}
if urlsplit(BROKER_URL).scheme in {"redis", "rediss"}:
    # Otherwise one that takes the call and says nothing is waited for without end.
    CELERY_BROKER_TRANSPORT_OPTIONS |= {"socket_connect_timeout": 2, "socket_timeout": 5}
elif urlsplit(BROKER_URL).scheme == "filesystem":
    broker_dir = VAR_DIR / MODE / "broker"
    CELERY_BROKER_TRANSPORT_OPTIONS |= {
        "data_folder_in": str(broker_dir / "queue"),
        "data_folder_out": str(broker_dir / "queue"),
        "control_folder": str(broker_dir / "control"),
        "polling_interval": 0.2,
    }

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "outsourcing.shared.logs.Line"}
        if PRODUCTION
        else {"format": "%(levelname)s %(name)s: %(message)s"}
    },
    "filters": {
        # /readyz says 503 as long as a part is not ready: an answer, not an error of ours.
        "not_503": {
            "()": "django.utils.log.CallbackFilter",
            "callback": lambda record: getattr(record, "status_code", None) != 503,
        },
        # A foreign Host header or a body too large is a line, not a traceback that anybody can fill the log with.
        "one_line": {
            "()": "django.utils.log.CallbackFilter",
            "callback": lambda record: record.__dict__.update(exc_info=None) or True,
        },
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["not_503"]},
        "brief": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["one_line"]},
    },
    "root": {"handlers": ["console"], "level": "WARNING" if MODE == "test" else "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.security": {"handlers": ["brief"], "level": "WARNING", "propagate": False},
        "outsourcing.requests": {"level": "INFO" if PRODUCTION else "WARNING"},
        "celery": {"level": "INFO" if PRODUCTION else "WARNING"},
        "mail.log": {"level": "WARNING"},
    },
}
