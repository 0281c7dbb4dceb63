"""The examples' tests stand on the tables of the house's own; running every migration for them takes minutes."""

from tests.conftest import django_db_keepdb, django_db_modify_db_settings

__all__ = ["django_db_keepdb", "django_db_modify_db_settings"]
