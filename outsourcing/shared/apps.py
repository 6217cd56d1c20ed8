"""What every room stands on; it knows none of them."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class SharedConfig(AppConfig):
    name = "outsourcing.shared"

    def ready(self) -> None:
        for module in ("demo", "populate"):
            autodiscover_modules(module)
