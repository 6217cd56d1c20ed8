"""What granian serves; `python -m outsourcing` starts it (__main__.py).

All that is loaded once stays until the process ends: frozen, the collector never looks through it again, which took up
to a tenth of a second in the middle of some answers.
"""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outsourcing.settings")

application = get_wsgi_application()

get_resolver().url_patterns  # noqa: B018  # loads every view now, not at the first request
gc.collect()
gc.freeze()
