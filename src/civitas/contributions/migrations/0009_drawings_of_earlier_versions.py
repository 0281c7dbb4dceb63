from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def take_over(apps, schema_editor):
    """Versions from before knew of no drawing; the one that is on the map now is what they most likely had."""
    revisions, rows = apps.get_model("contributions", "Revision"), apps.get_model("contributions", "Contribution")
    drawn = rows.objects.filter(drawing__isnull=False)
    revisions.objects.filter(contribution__in=drawn.values("pk")).update(
        drawing=Subquery(drawn.filter(pk=OuterRef("contribution")).values("drawing")[:1])
    )


class Migration(migrations.Migration):
    dependencies = [
        ("contributions", "0008_redacted_at"),
    ]

    operations = [
        migrations.AddField("revision", "drawing", models.JSONField(blank=True, null=True)),
        migrations.RunPython(take_over, migrations.RunPython.noop, elidable=True),
    ]
