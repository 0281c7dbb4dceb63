from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("themes", "0001_themes_and_gatherings"),
    ]

    operations = [
        migrations.AddField(
            model_name="theme",
            name="is_written",
            field=models.BooleanField(default=False),
        ),
    ]
