from __future__ import annotations

from django.db import migrations

from civitas.outbox.recounting import recount_later


class Migration(migrations.Migration):
    dependencies = [("lineage", "0003_left_out"), ("outbox", "0003_lanes")]
    operations = [migrations.RunPython(recount_later, migrations.RunPython.noop, elidable=True)]
