from __future__ import annotations

from typing import Any

from django.db import migrations

from civitas.kit.folding import folded, foldings


def fill(apps: Any, _schema_editor: Any) -> None:
    """Services that stand here already are found by name and words, and stand in their order."""
    Service = apps.get_model("services", "Service")
    for row in Service.objects.order_by("pk"):
        texts = [row.key, *row.name.values(), *row.summary.values()]
        row.words = f" {' '.join(sorted(foldings(' '.join(texts))))} "
        row.sort_key = folded(row.name.get("de") or row.key)[:160]
        Service.objects.filter(pk=row.pk, city=row.city_id).update(words=row.words, sort_key=row.sort_key)


class Migration(migrations.Migration):
    dependencies = [("services", "0003_catalogue")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
