"""City, its host names, areas, places and texts; the base of every row that belongs to a city."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from civitas.cities.config import CityConfig
from civitas.kit.translated import TranslatedField


class City(models.Model):
    """A tenant. `settings` holds what the pack's city.toml says, behind the schema `CityConfig`."""

    slug = models.SlugField(unique=True)
    name = TranslatedField()
    settings = models.JSONField(default=dict)
    rules = models.JSONField(default=dict, blank=True)  # what the team has settled, behind a schema of the room of processes
    rules_version = models.PositiveIntegerField(default=1)
    time_zone = models.CharField(max_length=60, default="Europe/Berlin")
    loaded_at = models.DateTimeField(auto_now=True)
    areas_version = models.PositiveIntegerField(default=0)
    terms_version = models.PositiveSmallIntegerField(default=1)  # of what people agree to by sending: `contributions.terms`

    def __str__(self) -> str:
        return str(self.name)

    @cached_property
    def config(self) -> CityConfig:
        """The city's settings, read once per object."""
        return CityConfig.model_validate(self.settings)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone by whose clock people live here."""
        return ZoneInfo(self.time_zone)

    @property
    def today(self) -> dt.date:
        """The day that it is here."""
        return timezone.localdate(timezone=self.zone)

    def day_of(self, moment: dt.datetime) -> dt.date:
        """The day on which a moment falls here."""
        return timezone.localdate(moment, timezone=self.zone)

    def begins(self, day: dt.date) -> dt.datetime:
        """The moment at which a day begins here."""
        return dt.datetime.combine(day, dt.time(), self.zone)

    @property
    def promised_days(self) -> int:
        """Within how many days the city answers, as its team has settled or else its pack says; a process may promise otherwise
        (`processes.policies.promised_days`)."""
        return int(self.rules.get("answer_days") or self.config.rules.get("answer_days") or self.config.promise_days)

    @property
    def shows_staff_figures(self) -> bool:
        """Whether the city has switched on figures about single members of its team; with them the staff council must agree."""
        return self.rules.get("staff_figures", self.config.rules.get("staff_figures")) is True

    def has_module(self, key: str) -> bool:
        """Whether a module ('sensor', 'processes', 'organisations', …) is switched on; '' always is."""
        return not key or key in self.config.modules


class CityHost(models.Model):
    """A host name that leads to a city, without port."""

    host = models.CharField(max_length=253, unique=True)
    city = models.ForeignKey(City, models.CASCADE, related_name="hosts")

    def __str__(self) -> str:
        return self.host


class CityRows(models.QuerySet[Any]):
    """Rows that belong to a city; every query starts with `of(city)`."""

    def of(self, city: City | int) -> Self:
        """The rows of this city."""
        return self.filter(city=city)

    def keyed(self, city: City | int, keys: Any) -> Self:
        """The rows of this city that have these keys (many, or an expression that gives them).

        Found by their keys alone: SQLite keeps no statistics, and would look through the whole city for two of its rows. The plus
        says so to it, and nothing to PostgreSQL.
        """
        wall = models.Func(models.F("city_id"), template="+%(expressions)s", output_field=models.BigIntegerField())
        return self.filter(Exact(wall, city if isinstance(city, int) else city.pk), pk__in=keys)


class CityRow(models.Model):
    """Base of every row of a city. Saving and reloading name the city too, so that no statement goes through a wall."""

    city = models.ForeignKey(City, models.CASCADE, related_name="+", db_index=False)

    objects = CityRows.as_manager()

    class Meta:
        abstract = True

    def _do_update(self, base_qs: Any, using: Any, pk_val: Any, values: Any, update_fields: Any, forced_update: Any) -> bool:
        return super()._do_update(base_qs.filter(city_id=self.city_id), using, pk_val, values, update_fields, forced_update)

    def refresh_from_db(self, using: Any = None, fields: Any = None, from_queryset: Any = None) -> None:
        rows = from_queryset if from_queryset is not None else type(self)._base_manager.all()
        super().refresh_from_db(using, fields, rows.filter(city_id=self.city_id))


class HandChanged(models.Model):
    """A row that a pack brings and that people change in the browser: a pack that is loaded again leaves alone what they changed."""

    by_hand = models.TextField(blank=True)  # names of what was changed, with spaces between

    class Meta:
        abstract = True

    @property
    def handmade(self) -> set[str]:
        """What somebody changed in the browser."""
        return set(self.by_hand.split())

    def keep_by_hand(self, *names: str) -> None:
        """Note what was changed in the browser; the row is saved by who calls."""
        self.by_hand = " ".join(sorted(self.handmade | set(names)))


class Area(CityRow):
    """A district or quarter with its boundary (GeoJSON, WGS84) and bounding box; population stays empty until sourced."""

    key = models.SlugField(max_length=80)
    name = models.CharField(max_length=120)
    level = models.CharField(max_length=20, choices=[("district", "district"), ("quarter", "quarter")])
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    boundary = models.JSONField(null=True)
    west = models.FloatField(null=True)
    south = models.FloatField(null=True)
    east = models.FloatField(null=True)
    north = models.FloatField(null=True)
    population = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "key"], name="one_area_per_key")]

    def __str__(self) -> str:
        return self.name

    @property
    def apart(self) -> str:
        """Its name where districts and quarters stand in one list: many a district is called as one of its quarters."""
        return str(_("all of %(area)s") % {"area": self.name}) if self.level == "district" else self.name


class Place(CityRow):
    """A neighbourhood centre or another place of the city, with hours and hosts."""

    key = models.SlugField(max_length=80)
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=40, default="centre")
    area = models.ForeignKey(Area, models.SET_NULL, null=True, blank=True, related_name="+")
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    address = models.CharField(max_length=240, blank=True)
    hours = TranslatedField()
    host = TranslatedField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "key"], name="one_place_per_key")]

    def __str__(self) -> str:
        return self.name


class PlaceName(CityRow):
    """A name that people use for a spot of the city: a square, a stop, a park. `cities.gazetteer` finds it by its beginning."""

    class Kind(models.TextChoices):
        STATION = "station", _("Station")
        SQUARE = "square", _("Square")
        STREET = "street", _("Street")
        PARK = "park", _("Park")
        WATER = "water", _("Water")
        BRIDGE = "bridge", _("Bridge")
        MARKET = "market", _("Market")
        SCHOOL = "school", _("School")
        HEALTH = "health", _("Hospital")
        CULTURE = "culture", _("Culture")
        SPORT = "sport", _("Sport")
        BUILDING = "building", _("Building")

    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=20, choices=Kind)
    area = models.ForeignKey(Area, models.SET_NULL, null=True, blank=True, related_name="+")
    lat = models.FloatField()  # WGS84 degrees
    lon = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "name", "kind"], name="one_place_name_per_kind")]

    def __str__(self) -> str:
        return self.name


class TextPage(CityRow):
    """A page of the city's own words in Markdown: imprint, privacy, rules, accessibility, storage."""

    key = models.SlugField(max_length=40)
    body = TranslatedField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "key"], name="one_text_page_per_key")]

    def __str__(self) -> str:
        return self.key


class Counter(CityRow):
    """The last number given out per city and name; `cities.actions.next_number` raises it."""

    name = models.CharField(max_length=40)
    value = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "name"], name="one_counter_per_name")]

    def __str__(self) -> str:
        return f"{self.name} {self.value}"
