"""The WSGI application that granian serves."""

import gc
import os
import threading
import time

from django.core.wsgi import get_wsgi_application


def _end_with_parent() -> None:
    """Leave when granian's own process is gone: killed, it would leave its workers behind, holding the port."""
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civitas.project.settings")
application = get_wsgi_application()
threading.Thread(target=_end_with_parent, name="end with parent", daemon=True).start()
# What was loaded stays; a page makes many short-lived objects, so that looking for cycles every 700 of them costs more than it finds.
gc.freeze()
gc.set_threshold(20_000, 20, 20)
