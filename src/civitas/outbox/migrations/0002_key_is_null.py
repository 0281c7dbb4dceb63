from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_rows")]

    operations = [
        migrations.RemoveConstraint(model_name="outboxrow", name="one_waiting_row_per_key"),
        migrations.AlterField(model_name="outboxrow", name="key", field=models.CharField(max_length=120, null=True)),
        migrations.RunSQL("UPDATE outbox_outboxrow SET key = NULL WHERE key = ''", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="outboxrow",
            constraint=models.UniqueConstraint(
                condition=models.Q(("key__isnull", False)), fields=("city", "kind", "key"), name="one_waiting_row_per_key"
            ),
        ),
    ]
