"""What was decided about flags before there were decisions becomes a decision each; new ones are made by the actions."""

from django.db import migrations

# The decisions of before and the verbs that say the same.
VERBS = {"fine": "publish", "dealt_with": "hide"}


def carry_over(apps, schema_editor):
    Case = apps.get_model("moderation", "Case")
    Decision = apps.get_model("moderation", "Decision")
    City = apps.get_model("cities", "City")
    for city in City.objects.order_by("pk"):
        rows = Case.objects.filter(city=city, state="closed").exclude(decision="").order_by("pk")
        Decision.objects.bulk_create(
            (
                Decision(
                    city=city,
                    case=case,
                    contribution_id=case.contribution_id,
                    verb=VERBS[case.decision],
                    text=case.decision_text,
                    by_id=case.closed_by_id,
                    at=case.closed_at,
                    was_why="flagged",
                )
                for case in rows.iterator()
            ),
            batch_size=500,
        )


class Migration(migrations.Migration):
    dependencies = [("moderation", "0002_queue")]

    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='case',
            name='decision',
        ),
        migrations.RemoveField(
            model_name='case',
            name='decision_text',
        ),
    ]
