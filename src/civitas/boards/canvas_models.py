"""A city's own canvases: posters of regions, made in the browser or brought by its pack."""

from __future__ import annotations

from django.db import models

from civitas.cities.models import CityRow
from civitas.kit.translated import TranslatedField


class CanvasRow(CityRow):
    """A canvas. Steps name it by its key; what was drawn on a board stays where it lies when the canvas changes."""

    key = models.SlugField(max_length=40, db_index=False)
    title = TranslatedField()
    intro = TranslatedField()
    width = models.PositiveIntegerField()  # board units
    height = models.PositiveIntegerField()
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "key"], name="one_canvas_per_key")]

    def __str__(self) -> str:
        return str(self.title)


class CanvasRegionRow(CityRow):
    """A field of a canvas, in board units."""

    canvas = models.ForeignKey(CanvasRow, models.DO_NOTHING, related_name="regions", db_index=False)  # they go before it
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=40)
    title = TranslatedField()
    question = TranslatedField()
    x = models.IntegerField()
    y = models.IntegerField()
    w = models.PositiveIntegerField()
    h = models.PositiveIntegerField()
    colour = models.CharField(max_length=10)
    holds = models.PositiveSmallIntegerField()
    section = models.CharField(max_length=40, blank=True)  # the part of a concept that is filled with what lies here

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "canvas", "key"], name="one_region_per_key")]
        indexes = [models.Index(fields=["city", "canvas", "position"], name="regions_in_order")]

    def __str__(self) -> str:
        return str(self.title)
