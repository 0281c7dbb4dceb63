from django.db import migrations, models


class Migration(migrations.Migration):
    # By itself, since PostgreSQL changes no table in the transaction that has just moved its rows.
    dependencies = [("unlawful", "0002_archives_in_parts")]

    operations = [
        migrations.RemoveConstraint(model_name="evidence", name="evidence_is_there_or_gone"),
        migrations.RemoveField(model_name="evidence", name="payload"),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("bytes__isnull", False), ("state__in", ["proposed", "sealed"])),
                    models.Q(("bytes__isnull", True), ("state__in", ["refused", "deleted"])),
                    _connector="OR",
                ),
                name="evidence_is_there_or_gone",
            ),
        ),
    ]
