"""The WSGI application that granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from civitas.project.parent import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civitas.project.settings")
application = get_wsgi_application()
end_with_parent()
# What was loaded stays; a page makes many short-lived objects, so that looking for cycles every 700 of them costs more than it finds.
gc.freeze()
gc.set_threshold(20_000, 20, 20)
