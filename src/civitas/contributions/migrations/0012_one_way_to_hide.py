from django.db import migrations

# News of a way to show and to hide that is gone: the queue decides, and its own news tells of it.
KINDS = "('contribution.published', 'contribution.hidden')"
FORGET = [
    f"DELETE FROM notices_delivery WHERE notice_id IN (SELECT id FROM notices_notice WHERE kind IN {KINDS})",  # noqa: S608  (constants)
    f"DELETE FROM notices_notice WHERE kind IN {KINDS}",  # noqa: S608  (constants)
]


class Migration(migrations.Migration):
    dependencies = [("contributions", "0011_parts_and_handing_over"), ("notices", "0001_notices_and_mailbox")]
    operations = [migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in FORGET]
