from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("lineage", "0002_streams_of_voices")]
    operations = [migrations.AddField("line", "left_out", models.PositiveSmallIntegerField(default=0))]
