from django.db import migrations

# What the actions keep from now on, for rows that are already there. The same statements do for both databases.
FILL = [
    "UPDATE contributions_contribution SET spin = (id * 2654435761) % 2147483648",
    "UPDATE contributions_contribution SET with_picture = 1 WHERE EXISTS (SELECT 1 FROM contributions_attachment a "
    "JOIN media_mediafile f ON f.id = a.file_id AND f.city_id = a.city_id WHERE a.city_id = contributions_contribution.city_id "
    "AND a.contribution_id = contributions_contribution.id AND f.mime LIKE 'image/%')",
    "UPDATE contributions_contribution SET answered = 1 WHERE EXISTS (SELECT 1 FROM contributions_statusevent e "
    "WHERE e.city_id = contributions_contribution.city_id AND e.contribution_id = contributions_contribution.id AND e.text <> '')",
    *(
        "INSERT INTO contributions_tally (city_id, scope, dimension, value, count) "
        f"SELECT city_id, {scope}, '{dimension}', {value}, count(*) FROM contributions_contribution "
        f"WHERE listed = 1 AND {condition} GROUP BY {columns}"
        for dimension, value, condition, column in (
            ("service", "CAST(service_id AS varchar(40))", "service_id IS NOT NULL", "service_id"),
            ("with_picture", "'1'", "with_picture = 1", "with_picture"),
            ("answered", "'1'", "answered = 1", "answered"),
        )
        for scope, columns in (("0", f"city_id, {column}"), ("process_id", f"city_id, process_id, {column}"))
    ),
]


class Migration(migrations.Migration):
    dependencies = [("contributions", "0004_giving_and_fairness"), ("media", "0001_ground")]
    operations = [migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in FILL]
