from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("boards", "0005_pictures_on_cards"),
    ]

    operations = [
        migrations.AddField(
            model_name="board",
            name="relaid",
            field=models.PositiveBigIntegerField(default=0),
        ),
    ]
