"""The counts of listed contributions that keep lists and maps flat."""

from django.db import models

from civitas.cities.models import CityRow


class Tally(CityRow):
    """How many listed contributions there are, kept by the actions: per scope (0 = the city, else a process) and value."""

    scope = models.PositiveBigIntegerField()
    dimension = models.CharField(max_length=12)  # all, category, area, status, kind, service, with_picture, answered
    value = models.CharField(max_length=40)  # the row's id or the word; '' for all
    count = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "scope", "dimension", "value"], name="one_tally")]

    def __str__(self) -> str:
        return f"{self.dimension} {self.value} {self.count}"


class MapCell(CityRow):
    """How many listed contributions lie in a web mercator tile, kept by the actions per scope and level.

    The sums give the points' middle; where `count` is 1, `number_sum` is the contribution's number.
    """

    scope = models.PositiveBigIntegerField()
    level = models.PositiveSmallIntegerField()
    x = models.PositiveIntegerField()
    y = models.PositiveIntegerField()
    count = models.BigIntegerField(default=0)
    lat_sum = models.FloatField(default=0)
    lon_sum = models.FloatField(default=0)
    number_sum = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "scope", "level", "x", "y"], name="one_map_cell")]

    def __str__(self) -> str:
        return f"{self.level}/{self.x}/{self.y} {self.count}"
