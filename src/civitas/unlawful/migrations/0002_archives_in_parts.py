import django.db.models.deletion
from django.db import migrations, models

# Of the scheme, salt, nonce and tag with which an archive in one piece was locked.
LOCK_BYTES = 45


def into_parts(apps, _editor):
    """What was sealed as one piece becomes the only part, byte by byte as it was: the journal has its SHA-256."""
    evidence, part = apps.get_model("unlawful", "Evidence"), apps.get_model("unlawful", "EvidencePart")
    for row in evidence.objects.filter(payload__isnull=False).order_by("pk").iterator(chunk_size=1):
        part.objects.create(city_id=row.city_id, evidence_id=row.pk, number=0, payload=row.payload)
        evidence.objects.filter(pk=row.pk, city_id=row.city_id).update(bytes=len(row.payload) - LOCK_BYTES)
    evidence.objects.filter(payload__isnull=True).update(bytes=None)


class Migration(migrations.Migration):
    dependencies = [("cities", "__first__"), ("unlawful", "0001_ground")]

    operations = [
        migrations.CreateModel(
            name="EvidencePart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("payload", models.BinaryField()),
                (
                    "city",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cities.city"),
                ),
                (
                    "evidence",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="unlawful.evidence"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("city", "evidence", "number"), name="one_evidence_part_per_number")]
            },
        ),
        migrations.AddField(model_name="evidence", name="bytes", field=models.PositiveBigIntegerField(default=0, null=True)),
        migrations.RunPython(into_parts, migrations.RunPython.noop),
    ]
