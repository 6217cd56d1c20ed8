"""What every room stands on; it knows none of them."""

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.utils.module_loading import autodiscover_modules
from orjson import loads
from psycopg2.extras import register_default_json


class SharedConfig(AppConfig):
    name = "outsourcing.shared"
    default = True

    def ready(self) -> None:
        from outsourcing.shared import failures, leftovers, retention

        register_default_json(globally=True, loads=loads)  # rows come as JSON (statements.py): read in half the time
        failures.plug_in()
        retention.keep("sessions, after they have ended", days=1, forget=leftovers.forget_sessions)
        retention.keep("values in the cache, after they have expired", days=1, forget=leftovers.forget_cached)
        for module in ("demo", "populate", "admin", "holdings"):
            autodiscover_modules(module)


class StaticFiles(StaticFilesConfig):
    """Django's static files, without what no page asks for: Bootstrap's other builds, flags, htmx's extensions."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *(
            "*.rtl.*",
            "*.esm.*",
            "bootstrap/js/jquery*",
            "bootstrap-*.css*",
            "bootstrap.css*",
            "bootstrap.js*",
            "bootstrap.bundle.js*",
        ),
        *("bootstrap.min.js*", "flags", "ext", "pictures"),
    ]
