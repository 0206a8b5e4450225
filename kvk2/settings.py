"""One settings file; everything that differs per place comes from the environment (see .env.example)."""

from pathlib import Path

from celery.schedules import crontab, schedule
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from kvk2 import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()
if (BASE_DIR / ".env").is_file():
    env.read_env(str(BASE_DIR / ".env"))


def _secret(name: str, default: str | None = None) -> str:
    """The value of NAME, or of the file that NAME_FILE points to; fails loudly when neither is there."""
    if path := env.str(f"{name}_FILE", ""):
        return Path(path).read_text(encoding="utf-8").strip()
    value = env.str(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} of {name}_FILE ontbreekt.")
    return value


PRODUCTION = env.bool("PRODUCTION", False)
DEMO = env.bool("KVK2_DEMO", False) and not PRODUCTION
DEBUG = env.bool("DEBUG", False) and not PRODUCTION
SECRET_KEY = _secret(
    "SECRET_KEY", None if PRODUCTION else "insecure-key-for-demo-and-tests-only-" + "x" * 30
)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000")
RUN_TOKEN = env.str("KVK2_RUN_TOKEN", "")

# --- who runs this portal: shown on pages, letters and reports; nothing of it stands in code
# Facts of this municipality: organisations, IKCs, areas, programme (see its PROVENANCE.md). The demo and the tests have
# one to go by; in production no letter may ever leave under the name of another, so there each setting must be given.
MUNICIPALITY_DATA = Path(
    env.str("MUNICIPALITY_DATA")
    if PRODUCTION
    else env.str("MUNICIPALITY_DATA", str(BASE_DIR / "data" / "leeuwarden"))
)
if not PRODUCTION:
    env.read_env(str(MUNICIPALITY_DATA / "municipality.env"))
MUNICIPALITY = {
    "name": env.str("MUNICIPALITY_NAME"),
    "short_name": env.str("MUNICIPALITY_SHORT_NAME"),
    "code": env.str("MUNICIPALITY_CODE"),
    "college": env.str("MUNICIPALITY_COLLEGE"),
    "team": env.str("MUNICIPALITY_TEAM"),
    "address": env.list("MUNICIPALITY_ADDRESS"),
    "phone": env.str("MUNICIPALITY_PHONE"),
    "email": env.str("MUNICIPALITY_EMAIL"),
    "court": env.str("MUNICIPALITY_COURT"),
    # What subsidies are paid from: in the file for the bank.
    "iban": env.str("MUNICIPALITY_IBAN"),
    "bic": env.str("MUNICIPALITY_BIC"),
    "account_holder": env.str("MUNICIPALITY_ACCOUNT_HOLDER"),
    # Month and day before which the commission sends its advices, as 05-01; empty where no such day is set.
    "advice_before": env.str("MUNICIPALITY_ADVICE_BEFORE", ""),
    "product": env.str("PRODUCT_NAME", "IKC-portaal"),
    "programme": env.str("PROGRAMME_NAME"),
    "programme_days": (env.date("PROGRAMME_STARTS_ON"), env.date("PROGRAMME_ENDS_ON")),
}

INSTALLED_APPS = [
    "kvk2.core",
    "kvk2.nlds",
    "ikc",
    "subsidies",
    "agreements",
    "monitoring",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "csp",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "pgtrigger",
    "pghistory",
    "rules.apps.AutodiscoverRulesConfig",
]
MIDDLEWARE = [
    "kvk2.core.middleware.RequestContextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "ikc.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "ikc.middleware.IdleSessionMiddleware",
    "ikc.middleware.RequireSecondFactorMiddleware",
    "kvk2.nlds.middleware.FormErrorsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pghistory.middleware.HistoryMiddleware",
]
# Reading writes no history, so it need not tell the database who reads.
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")
ROOT_URLCONF = "kvk2.urls"
WSGI_APPLICATION = "kvk2.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "kvk2.nlds.loaders.FilesystemLoader",
                        "kvk2.nlds.loaders.AppDirectoriesLoader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kvk2.core.context_processors.portal",
            ],
        },
    }
]

# --- data
DATABASES = {
    "default": env.dj_db_url(
        "DATABASE_URL", embedded.database_url(), conn_max_age=60, conn_health_checks=True
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHE_URL = env.str("REDIS_URL", "") or embedded.redis_url(env.int("KVK2_REDIS_DB", 0))
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": "kvk2",
        "OPTIONS": {"socket_timeout": 5, "socket_connect_timeout": 2},
    }
}
# clamd, which looks for viruses in what people upload: unix:///run/clamav/clamd.ctl or tcp://host:3310
CLAMD_URL = env.str("CLAMD_URL") if PRODUCTION else env.str("CLAMD_URL", "") or embedded.clamd_url()
CLAMD_SIGNATURES_DAYS = env.int("CLAMD_SIGNATURES_DAYS", 3)  # older ones are told of
CLAMD_SECONDS = env.int("CLAMD_SECONDS", 45)  # for one file, from the first byte to the verdict
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(embedded.STATE / "media")))
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(embedded.STATE / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION
# Where private files are kept: "folder" (below MEDIA_ROOT) or "s3" (a private bucket of an S3-compatible service).
PRIVATE_FILES = env.str("PRIVATE_FILES", "folder")
# How the web server in front of us sends a file of that folder itself: X-Accel-Redirect (nginx), X-Sendfile, or not.
PRIVATE_FILES_BY_NAME = env.str("PRIVATE_FILES_BY_NAME", "")
PRIVATE_FILES_PREFIX = env.str("PRIVATE_FILES_PREFIX", "/privebestanden/")
if PRIVATE_FILES not in ("folder", "s3"):
    raise ImproperlyConfigured("PRIVATE_FILES is folder of s3.")
if PRIVATE_FILES_BY_NAME not in ("", "X-Accel-Redirect", "X-Sendfile"):
    raise ImproperlyConfigured("PRIVATE_FILES_BY_NAME is X-Accel-Redirect, X-Sendfile of leeg.")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": str(MEDIA_ROOT / "private"),
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}

if PRIVATE_FILES == "s3":
    STORAGES["private"] = {
        "BACKEND": "kvk2.core.s3.PrivateS3Storage",
        "OPTIONS": {
            "bucket_name": env.str("S3_BUCKET"),
            "endpoint_url": env.str("S3_ENDPOINT_URL"),
            "region_name": env.str("S3_REGION", "eu-central-1"),
            "access_key": _secret("S3_ACCESS_KEY"),
            "secret_key": _secret("S3_SECRET_KEY"),
        },
    }

# --- background work: the rows are the queue, a message is only a nudge
CELERY_BROKER_URL = embedded.broker_url(CACHE_URL)
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 100
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000  # kB; Pango leaks a little per report
CELERY_TASK_SOFT_TIME_LIMIT = 120
CELERY_TASK_TIME_LIMIT = 150
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "socket_timeout": 5,  # a queue that hangs holds up the page that nudges it for so long
    "socket_connect_timeout": 2,
    # A dead Redis may cost a nudge, never a request: publishing gives up at once, beat sweeps anyway.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "Europe/Amsterdam"
CELERY_BEAT_SCHEDULE = {
    "heartbeat": {"task": "kvk2.core.tasks.heartbeat", "schedule": schedule(20)},
    "send-mail": {"task": "kvk2.core.tasks.send_pending_mail", "schedule": schedule(20)},
    "rounds-by-the-clock": {
        "task": "subsidies.tasks.open_and_close_rounds",
        "schedule": schedule(10),
    },
    "completions-by-the-clock": {
        "task": "subsidies.tasks.expire_completions",
        "schedule": schedule(60),
    },
    "lapse-partial-offers": {
        "task": "subsidies.tasks.lapse_partial_offers",
        "schedule": schedule(60),
    },
    "lapse-views": {"task": "subsidies.tasks.lapse_views", "schedule": schedule(60)},
    "lapse-intents": {"task": "subsidies.tasks.lapse_intents", "schedule": schedule(60)},
    "objection-repairs": {"task": "subsidies.tasks.lapse_repairs", "schedule": schedule(60)},
    "final-decisions": {
        "task": "subsidies.tasks.finalise_decisions",
        "schedule": crontab(hour=4, minute=10),
    },
    "end-suspensions": {"task": "subsidies.tasks.end_suspensions", "schedule": schedule(600)},
    "late-decisions": {
        "task": "subsidies.tasks.warn_late_decisions",
        "schedule": crontab(hour="7-18", minute=5),
    },
    "accounts": {
        "task": "subsidies.tasks.keep_accounts",
        "schedule": crontab(hour=6, minute=20),
    },
    "end-agreements": {
        "task": "agreements.tasks.end_agreements",
        "schedule": crontab(hour=4, minute=20),
    },
    "actions": {
        "task": "monitoring.tasks.remind_of_actions",
        "schedule": crontab(hour=7, minute=10),
    },
    "letters": {"task": "subsidies.tasks.render_pending_letters", "schedule": schedule(15)},
    "bundle-deeds": {
        "task": "subsidies.tasks.carry_out_bundle_deeds",
        "schedule": schedule(15),
    },
    "failed-notices": {"task": "subsidies.tasks.note_failed_notices", "schedule": schedule(300)},
    "proposals": {"task": "subsidies.tasks.render_pending_proposals", "schedule": schedule(30)},
    "minutes": {"task": "subsidies.tasks.render_pending_minutes", "schedule": schedule(30)},
    "scan-files": {"task": "kvk2.core.tasks.scan_pending_files", "schedule": schedule(15)},
    "scanner-signatures": {
        "task": "kvk2.core.tasks.note_signatures",
        "schedule": crontab(minute=10),
    },
    "orphan-files": {
        "task": "kvk2.core.tasks.remove_orphan_files",
        "schedule": crontab(hour=3, minute=40),
    },
    "removed-files": {
        "task": "subsidies.tasks.forget_removed_files",
        "schedule": crontab(hour=3, minute=20),
    },
    "old-interests": {
        "task": "subsidies.tasks.delete_old_interests",
        "schedule": crontab(hour=3, minute=30),
    },
    "plus": {"task": "ikc.tasks.keep_plus", "schedule": crontab(hour=6, minute=40)},
    "recalibrations": {
        "task": "ikc.tasks.take_recalibrations_into_effect",
        "schedule": schedule(600),
    },
    "daily-notices": {"task": "ikc.tasks.send_daily_notices", "schedule": schedule(600)},
    "case-exports": {"task": "subsidies.tasks.make_case_exports", "schedule": schedule(15)},
    "disclosures": {"task": "subsidies.tasks.work_on_disclosures", "schedule": schedule(15)},
    "destruction": {
        "task": "subsidies.tasks.destroy_signed_cases",
        "schedule": crontab(minute="*/10"),
    },
    "destruction-list": {
        "task": "subsidies.tasks.propose_destruction",
        "schedule": crontab(month_of_year=1, day_of_month=15, hour=4, minute=0),
    },
    "old-drafts": {
        "task": "subsidies.tasks.forget_old_drafts",
        "schedule": crontab(hour=3, minute=25),
    },
    "register-entries": {
        "task": "subsidies.tasks.prepare_register_entries",
        "schedule": schedule(60),
    },
    "reports": {"task": "monitoring.tasks.render_pending_reports", "schedule": schedule(15)},
    "monitoring-terms": {
        "task": "monitoring.tasks.keep_terms",
        "schedule": crontab(hour=0, minute=20),
    },
    "yearly-reports": {
        "task": "monitoring.tasks.order_yearly_reports",
        "schedule": crontab(hour=1, minute=10),
    },
    "figure-files": {
        "task": "monitoring.tasks.work_on_figure_files",
        "schedule": schedule(15),
    },
}

# --- accounts: by invitation, with password and a second step (domain reference 8.6)
AUTH_USER_MODEL = "ikc.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "ikc.login.backend.PortalBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
ACCOUNT_ADAPTER = "ikc.login.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # the administrator gave the address
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# Strict per account, loose per address: a whole town hall sits behind one.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "100/15m/ip,5/15m/key",
    "reset_password": "60/h/ip,5/h/key",
    "reset_password_from_key": "60/h/ip",
    "change_password": "10/15m/user",
    "reauthenticate": "30/15m/user",
}
ACCOUNT_FORMS = {
    "login": "ikc.login.forms.LoginForm",
    "reset_password": "ikc.login.forms.ResetPasswordForm",
    "reset_password_from_key": "ikc.login.forms.ResetPasswordKeyForm",
    "change_password": "ikc.login.forms.ChangePasswordForm",
    "reauthenticate": "ikc.login.forms.ReauthenticateForm",
}
MFA_ADAPTER = "ikc.login.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1  # a clock that is half a minute off
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
MFA_FORMS = {
    "authenticate": "ikc.login.forms.AuthenticateForm",
    "reauthenticate": "ikc.login.forms.ReauthenticateCodeForm",
    "activate_totp": "ikc.login.forms.ActivateTOTPForm",
    "deactivate_totp": "ikc.login.forms.DeactivateTOTPForm",
    "generate_recovery_codes": "ikc.login.forms.GenerateRecoveryCodesForm",
    "add_webauthn": "ikc.login.forms.AddWebAuthnForm",
    "edit_webauthn": "ikc.login.forms.EditWebAuthnForm",
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_SECONDS", 30 * 60)
SESSION_WARNING_SECONDS = 2 * 60
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# --- end of accounts

# --- forms and tables
FORM_RENDERER = "kvk2.nlds.renderer.ControlRenderer"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["nlds"]
CRISPY_TEMPLATE_PACK = "nlds"
CRISPY_FAIL_SILENTLY = False
DJANGO_TABLES2_TEMPLATE = "django_tables2/nlds.html"
FILE_UPLOAD_HANDLERS = ["kvk2.core.uploads.handler.LimitedUploadHandler"]
UPLOAD_MAX_BYTES = (
    env.int("UPLOAD_MAX_MB", 20) * 1024 * 1024
)  # of one file; clamd's StreamMaxLength is above it
APPLICATION_MAX_BYTES = env.int("APPLICATION_MAX_MB", 100) * 1024 * 1024
APPLICATION_MAX_FILES = env.int("APPLICATION_MAX_FILES", 25)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 10

# --- language and time
LANGUAGE_CODE = "nl"
TIME_ZONE = "Europe/Amsterdam"
USE_TZ = True
USE_I18N = True
# Amounts and counts are grouped by the filters that print them; years and numbers of rows never are.
USE_THOUSAND_SEPARATOR = False

# --- mail
EMAIL_BACKEND = env.str(
    "EMAIL_BACKEND",
    "django.core.mail.backends.smtp.EmailBackend"
    if PRODUCTION
    else "django.core.mail.backends.filebased.EmailBackend",
)
EMAIL_FILE_PATH = str(embedded.STATE / "mail")
EMAIL_HOST = env.str("EMAIL_HOST", "localhost")
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = _secret("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "IKC-portaal <noreply@voorbeeld.nl>")

# --- security (BIO2; a municipality's portal is reached over https only)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)
# The name in META of the header in which the proxy notes when a request came in, such as HTTP_X_REQUEST_START. Only for
# a proxy that writes it anew: whoever may send it himself files two minutes too late.
ARRIVAL_HEADER = env.str("ARRIVAL_HEADER", "")
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "kvk2.core.pages.csrf_failure"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"

# --- logging: JSON lines, a request id in each, no personal data
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "kvk2.logging.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
        "django.server": {"handlers": ["console"], "propagate": False},
    },
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
