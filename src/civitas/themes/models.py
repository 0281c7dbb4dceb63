"""What a theme has beside its contribution: who began it, its kept figures, and the runs that gathered voices into it."""

from __future__ import annotations

from django.db import models

from civitas.cities.models import CityRow


class Theme(CityRow):
    """A contribution of kind theme: who began it by hand, and its kept figures."""

    contribution = models.ForeignKey("contributions.Contribution", models.DO_NOTHING, related_name="themes", db_index=False)
    made_by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    # Whether the team has named or described it by hand: then a board that is concluded again leaves its words as they are.
    is_written = models.BooleanField(default=False)
    # How many voices it shows, one that was merged into another once; and how many of them lie on the map. Kept by `themes.count`.
    voice_count = models.PositiveIntegerField(default=0)
    place_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "contribution"], name="one_theme_per_contribution")]
        indexes = [models.Index(fields=["city", "voice_count"], name="themes_by_voices")]

    def __str__(self) -> str:
        return str(self.contribution_id)


class ThemeFigure(CityRow):
    """How many of a theme's voices were given in a week, come from an area, or hold a word."""

    class Dimension(models.TextChoices):
        WEEK = "week"  # value: its Monday, as 2026-05-04
        AREA = "area"  # value: the area's id
        WORD = "word"  # value: the word as people wrote it most

    theme = models.ForeignKey(Theme, models.CASCADE, related_name="figures", db_index=False)
    dimension = models.CharField(max_length=8, choices=Dimension)
    value = models.CharField(max_length=60)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "theme", "dimension", "value"], name="one_theme_figure")]

    def __str__(self) -> str:
        return f"{self.dimension} {self.value} {self.count}"


class Gathering(CityRow):
    """Voices that somebody brought into a theme by one press; the worker does what one page has no time for. It can be taken back."""

    class State(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        UNDOING = "undoing"
        UNDONE = "undone"

    uid = models.UUIDField()  # of the form
    theme = models.ForeignKey(Theme, models.CASCADE, related_name="gatherings", db_index=False)
    by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    total = models.PositiveIntegerField()
    added_count = models.PositiveIntegerField(default=0)
    there_count = models.PositiveIntegerField(default=0)  # were in it already
    refused_count = models.PositiveIntegerField(default=0)  # cannot be in it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "uid"], name="one_gathering_per_form")]
        indexes = [models.Index(fields=["city", "theme", "at"], name="gatherings_of_theme")]

    def __str__(self) -> str:
        return f"{self.state} {self.total}"

    @property
    def is_moving(self) -> bool:
        """Whether the worker has still something to do for it."""
        return self.state in {self.State.RUNNING, self.State.UNDOING}

    @property
    def done_count(self) -> int:
        """How many of it were looked at."""
        return self.added_count + self.there_count + self.refused_count


class GatheringItem(CityRow):
    """One voice of a gathering, and what became of it."""

    class State(models.TextChoices):
        TODO = "todo"
        ADDED = "added"
        THERE = "there"
        REFUSED = "refused"

    gathering = models.ForeignKey(Gathering, models.CASCADE, related_name="items", db_index=False)
    contribution = models.ForeignKey("contributions.Contribution", models.DO_NOTHING, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.TODO)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "gathering", "contribution"], name="one_item_per_gathering")]
        indexes = [models.Index(fields=["city", "gathering", "state"], name="gathering_items")]

    def __str__(self) -> str:
        return f"{self.contribution_id} {self.state}"
