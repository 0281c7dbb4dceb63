"""The ledger of what counts (voices and what was made of them, links, deeds of people) and the figures that follow from it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from civitas.cities.models import CityRow
from civitas.cockpit import measures


class Ledger(CityRow):
    """One row a city: whoever changes its figures holds it, so that two workers do so one after the other."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city"], name="one_ledger")]

    def __str__(self) -> str:
        return f"{self.city_id}"


class Counted(CityRow):
    """What a voice, theme, concept or service story counts for now, and how far it has come. `shares.figures_of` says where."""

    contribution = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="+", db_index=False)
    stage = models.PositiveSmallIntegerField()  # measures.VOICE … SERVICE
    process = models.ForeignKey("processes.Process", models.CASCADE, related_name="+", db_index=False)
    area = models.ForeignKey("cities.Area", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    on = models.DateField()
    shown = models.PositiveSmallIntegerField()  # 1 while it is published, so that it counts
    answered = models.PositiveSmallIntegerField(default=0)  # 1 where it has an official answer in words, or a decision
    reach = models.PositiveSmallIntegerField()  # the furthest stage that it has become part of, its own at least
    weight = models.BigIntegerField(default=0)  # voices that stand behind it
    # Where it is shown, when it was put together with another.
    head = models.ForeignKey("contributions.Contribution", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "contribution"], name="one_counted_each")]
        indexes = [
            models.Index(fields=["city", "stage", "shown", "weight"], name="counted_largest"),
            models.Index(fields=["city", "process", "stage", "shown", "weight"], name="counted_of_process"),
            models.Index(fields=["city", "head"], name="counted_inside", condition=Q(head__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.contribution_id} {self.stage}"

    @property
    def waits(self) -> bool:
        """Whether somebody is to do something: a voice without theme or answer, a theme without concept or answer, a concept likewise."""
        return self.stage < measures.SERVICE and self.reach == self.stage and not self.answered


class Way(CityRow):
    """A link of the lineage as the figures know it, and after how many days it was made."""

    source = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="+", db_index=False)
    target = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    on = models.DateField()
    days = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "source", "target", "kind"], name="one_way_each")]
        indexes = [models.Index(fields=["city", "target"], name="ways_by_target")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id}"


class Deed(CityRow):
    """That somebody took part, by the row of the room below that says so (`act` and `key`). Nothing is kept of who has no participant."""

    act = models.CharField(max_length=10)  # measures.ACTS
    key = models.BigIntegerField()
    participant = models.ForeignKey("people.Participant", models.CASCADE, related_name="+", db_index=False)
    process = models.ForeignKey("processes.Process", models.CASCADE, related_name="+", db_index=False)
    area = models.ForeignKey("cities.Area", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    channel = models.PositiveSmallIntegerField()  # measures.WEB …
    on = models.DateField()
    quarter = models.PositiveIntegerField()  # measures.quarter_of(on)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "act", "key"], name="one_deed_each")]
        indexes = [models.Index(fields=["city", "participant", "process", "quarter"], name="deeds_of_person")]

    def __str__(self) -> str:
        return f"{self.act} {self.key}"


class Figure(CityRow):
    """A figure of a city (`scope` 0) or a process in a span of time: how many, by measure and value. `measures` says what they mean."""

    scope = models.PositiveBigIntegerField()
    span = models.PositiveIntegerField()
    measure = models.CharField(max_length=10)
    value = models.PositiveBigIntegerField()
    count = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "scope", "measure", "span", "value"], name="one_cockpit_figure")]

    def __str__(self) -> str:
        return f"{self.measure} {self.value} {self.count}"
