from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0002_key_is_null")]

    operations = [
        migrations.RemoveIndex(model_name="outboxrow", name="outbox_open"),
        migrations.AddField(
            model_name="outboxrow",
            name="lane",
            field=models.PositiveSmallIntegerField(choices=[(1, "Awaited"), (2, "News"), (3, "Files"), (4, "Work")], default=4),
        ),
        migrations.AddIndex(
            model_name="outboxrow",
            index=models.Index(
                condition=models.Q(("done_at", None), ("failed_at", None)), fields=["city", "lane", "run_at", "id"], name="outbox_open"
            ),
        ),
    ]
