"""Service: a row of the city's catalogue, with the states it was in, what it is measured by, and where it is offered."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from civitas.cities.models import CityRow, HandChanged
from civitas.kit.translated import TranslatedField

# What a city says of a service in words of its own, and what else the team changes in the browser.
WORDS = ("name", "summary", "about", "audience", "hours", "contact", "access_note", "budget_note")
PLAIN = ("organisation", "responsible", "owner", "phone", "email", "url", "languages", "accessibility", "budget", "started_on")


class Service(HandChanged, CityRow):
    """Something the city or a partner offers, with its provider."""

    class Status(models.TextChoices):
        IDEA = "idea", _("Idea")
        CONCEPT = "concept", _("Concept")
        TRIAL = "trial", _("Being tried")
        OPERATION = "operation", _("In operation")
        IMPROVING = "improving", _("Being improved")
        TRANSFORMED = "transformed", _("Being transformed")
        ENDED = "ended", _("Ended")

    key = models.SlugField(max_length=80)
    name = TranslatedField()
    summary = TranslatedField()
    about = TranslatedField()  # what it is, in paragraphs
    audience = TranslatedField()  # for whom
    # Who provides it; `responsible` answers for it where that is somebody else, as after a provider left.
    organisation = models.ForeignKey("people.Organisation", models.SET_NULL, null=True, blank=True, related_name="+")
    responsible = models.ForeignKey("people.Organisation", models.SET_NULL, null=True, blank=True, related_name="+")
    provider_left_on = models.DateField(null=True, blank=True)
    owner = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")  # in whose care
    status = models.CharField(max_length=20, choices=Status, default=Status.OPERATION)
    started_on = models.DateField(null=True, blank=True)  # when regular operation began
    url = models.URLField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    contact = TranslatedField()
    hours = TranslatedField()
    languages = models.CharField(max_length=200, blank=True)  # codes of `services.codes`, with spaces between
    accessibility = models.CharField(max_length=200, blank=True)  # the same
    access_note = TranslatedField()
    budget = models.PositiveIntegerField(null=True, blank=True)  # euros a year in regular operation
    budget_note = TranslatedField()
    # Kept by `services.actions.write_service`: all words folded for the search, the name folded for the order.
    words = models.TextField(blank=True)
    sort_key = models.CharField(max_length=160, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "key"], name="one_service_per_key")]
        indexes = [models.Index(fields=["city", "sort_key", "id"], name="services_by_name")]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def path(self) -> str:
        """The address of its page, without language."""
        return f"/dienstleistung/{self.key}"

    @property
    def answers(self) -> Any:
        """Who answers for it (Organisation): the provider, unless somebody else is named or the provider left; None if nobody."""
        return self.responsible or (None if self.provider_left_on else self.organisation)

    @property
    def is_offered(self) -> bool:
        """Whether people can use it now."""
        return self.status in {self.Status.TRIAL, self.Status.OPERATION, self.Status.IMPROVING, self.Status.TRANSFORMED}


class ServicePlace(CityRow):
    """Where people meet a service: a place of the city, at which an improvement of it may begin."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="+")
    place = models.ForeignKey("cities.Place", models.CASCADE, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "place", "service"], name="one_service_per_place")]

    def __str__(self) -> str:
        return f"{self.service_id} {self.place_id}"


class ServiceArea(CityRow):
    """A part of the city that a service is for; one without is for the whole city."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="+")
    area = models.ForeignKey("cities.Area", models.CASCADE, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "area", "service"], name="one_service_per_area")]

    def __str__(self) -> str:
        return f"{self.service_id} {self.area_id}"


class ServiceState(CityRow):
    """A state that a service came into: when, why, who decided it (in words) and who of the team noted it."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="+", db_index=False)
    status = models.CharField(max_length=20, choices=Service.Status)
    was = models.CharField(max_length=20, choices=Service.Status, blank=True)  # the state before, where that is known
    at = models.DateTimeField()
    reason = TranslatedField()
    body = models.CharField(max_length=160, blank=True)
    by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["city", "service", "at"], name="service_states")]

    def __str__(self) -> str:
        return f"{self.status} {self.at:%Y-%m-%d}"


class Indicator(CityRow):
    """What shows whether a service does what it is for, and when somebody looks next."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="+", db_index=False)
    key = models.SlugField(max_length=80)
    name = TranslatedField()
    unit = TranslatedField()
    target = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    next_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "service", "key"], name="one_indicator_per_key")]
        indexes = [models.Index(fields=["city", "next_on"], name="indicators_due")]

    def __str__(self) -> str:
        return str(self.name)


class IndicatorLook(CityRow):
    """What somebody found when they looked at an indicator, and on which day."""

    # An indicator that somebody has looked at is never removed; a cascade would name no city.
    indicator = models.ForeignKey(Indicator, models.DO_NOTHING, related_name="+", db_index=False)
    value = models.DecimalField(max_digits=14, decimal_places=2)
    note = TranslatedField()
    looked_on = models.DateField()
    by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "indicator", "looked_on"], name="one_look_per_day")]

    def __str__(self) -> str:
        return f"{self.value} {self.looked_on}"


class ServiceTally(CityRow):
    """How many services have a state, a provider or a part of the city ('all' counts them all); kept by the actions."""

    dimension = models.CharField(max_length=20)
    value = models.CharField(max_length=40, blank=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "dimension", "value"], name="one_service_tally")]

    def __str__(self) -> str:
        return f"{self.dimension} {self.value} {self.count}"
