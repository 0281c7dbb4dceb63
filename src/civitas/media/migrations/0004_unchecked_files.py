from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("media", "0003_why_a_file_was_refused")]

    operations = [
        migrations.AlterField(
            model_name="mediafile",
            name="fault",
            field=models.CharField(
                blank=True,
                choices=[
                    ("locked", "Locked"),
                    ("many_pages", "Many Pages"),
                    ("damaged", "Damaged"),
                    ("long", "Long"),
                    ("codec", "Codec"),
                    ("large", "Large"),
                    ("unreadable", "Unreadable"),
                    ("unchecked", "Unchecked"),
                ],
                max_length=12,
            ),
        ),
    ]
