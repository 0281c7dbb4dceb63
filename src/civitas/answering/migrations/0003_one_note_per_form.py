"""Each note gets the uid of its form, so that a note with a document, sent twice, is one note. Those that are there get one of their own."""

from django.db import migrations, models

import civitas.kit.ids


def give_uids(apps, schema_editor):
    notes = apps.get_model("answering", "Note").objects.filter(uid=None)
    for key in notes.order_by("pk").values_list("pk", flat=True):
        notes.filter(pk=key).update(uid=civitas.kit.ids.uuid7())


class Migration(migrations.Migration):
    dependencies = [
        ("answering", "0002_versions_and_languages"),
    ]

    operations = [
        migrations.AddField("note", "uid", models.UUIDField(null=True)),
        migrations.RunPython(give_uids, migrations.RunPython.noop, elidable=True),
        migrations.AlterField("note", "uid", models.UUIDField(default=civitas.kit.ids.uuid7)),
        migrations.AddConstraint("note", models.UniqueConstraint(fields=["city", "uid"], name="one_note_per_form")),
    ]
