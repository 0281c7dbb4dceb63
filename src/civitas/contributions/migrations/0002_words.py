"""The word index: an FTS5 table on SQLite, a tsvector column with GIN on PostgreSQL. See `contributions.words`."""

from django.db import migrations

SQLITE = (
    "CREATE VIRTUAL TABLE contributions_words USING fts5(words, detail=none, tokenize='unicode61 remove_diacritics 0')",
    "CREATE TABLE contributions_vocabulary (city_id bigint NOT NULL REFERENCES cities_city (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, word text NOT NULL, PRIMARY KEY (city_id, word)) WITHOUT ROWID",
)
POSTGRESQL = (
    "CREATE TABLE contributions_words (city_id bigint NOT NULL REFERENCES cities_city (id) ON DELETE CASCADE, newest_key bigint NOT NULL, words tsvector NOT NULL, "
    "PRIMARY KEY (city_id, newest_key))",
    "CREATE INDEX contributions_words_gin ON contributions_words USING gin (words)",
)


def make_index(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def drop_index(apps, schema_editor):
    schema_editor.execute("DROP TABLE contributions_words")
    schema_editor.execute("DROP TABLE IF EXISTS contributions_vocabulary")


class Migration(migrations.Migration):
    dependencies = [("contributions", "0001_ground")]
    operations = [migrations.RunPython(make_index, drop_index, hints={"beside_models": True})]
