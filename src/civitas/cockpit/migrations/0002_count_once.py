from __future__ import annotations

from django.db import migrations

from civitas.outbox.recounting import recount_later


class Migration(migrations.Migration):
    dependencies = [("cockpit", "0001_ledger_and_figures"), ("outbox", "0003_lanes")]
    operations = [migrations.RunPython(recount_later, migrations.RunPython.noop, elidable=True)]
