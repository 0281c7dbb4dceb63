"""What those upstream are told of: each hop, who has to hear of it, and the one letter a day that tells a person.

And what is kept of the voices that flow into something made.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from civitas.cities.models import CityRow


class News(CityRow):
    """A link of the lineage that was made, or an event that a room noted (`Room.hops`), of which all upstream of `source` are to hear."""

    event = models.CharField(max_length=40)  # a link's kind, or the event's name
    source = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="+", db_index=False)
    target = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="+", db_index=False)  # of an event the source
    key = models.PositiveBigIntegerField(default=0)  # of an event the key of the room's row
    by = models.UUIDField(null=True, blank=True)  # the participant who did it, who is not told
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["city", "source", "target", "event", "key"], name="one_live_hop", condition=Q(undone_at__isnull=True)
            ),
        ]
        indexes = [
            models.Index(fields=["city", "source", "target"], name="news_of_hop"),
            models.Index(fields=["city", "event", "key"], name="news_of_event", condition=Q(key__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.event} {self.target_id}"


class Letter(CityRow):
    """What a person is told on one day, as one piece of news."""

    recipient = models.UUIDField()
    day = models.DateField(null=True)  # None for the second of one day, which came along when a guest's news were taken into an account

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "recipient", "day"], name="one_letter_a_day")]

    def __str__(self) -> str:
        return f"{self.day}"


class Line(CityRow):
    """That a person has to hear of a hop, for a contribution of theirs; it waits until it has a letter.

    `correction` is 1 where it takes back what was told, `left_out` 1 where the letter went by mail and could not say it then.
    """

    news = models.ForeignKey(News, models.CASCADE, related_name="lines", db_index=False)
    recipient = models.UUIDField()
    contribution = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="+", db_index=False)
    count = models.PositiveIntegerField(default=1)  # how many of theirs are upstream
    correction = models.PositiveSmallIntegerField(default=0)
    left_out = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    # The action that removes letters removes their lines first; a cascade would not name the city.
    letter = models.ForeignKey(Letter, models.DO_NOTHING, null=True, blank=True, related_name="lines", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "news", "recipient", "correction"], name="one_line_each")]
        indexes = [
            models.Index(fields=["city", "due_at", "recipient"], name="lines_due", condition=Q(letter__isnull=True)),
            models.Index(fields=["city", "recipient"], name="lines_of_person"),
            models.Index(fields=["city", "letter"], name="lines_of_letter"),
        ]

    def __str__(self) -> str:
        return f"{self.news_id}"


class Stream(CityRow):
    """What is kept of the voices that flow into something that a step made, not by way of another such that is shown."""

    into = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="+", db_index=False)
    count = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    # How many of them are not shown any more, and why; how many lie in others; to how many the city said that it is not possible.
    hidden = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)
    erased = models.PositiveIntegerField(default=0)
    merged = models.PositiveIntegerField(default=0)
    declined = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "into"], name="one_stream")]

    def __str__(self) -> str:
        return f"{self.into_id}: {self.count}"


class StreamArea(CityRow):
    """How many voices of a stream are from a district, for those from which most are."""

    into = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="+", db_index=False)
    area = models.PositiveBigIntegerField()  # the area's key; one that is gone is not named
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "into", "area"], name="one_stream_area")]

    def __str__(self) -> str:
        return f"{self.into_id} {self.area}: {self.count}"


class Inflow(CityRow):
    """What flows into something made: a voice, or something else made that is shown and has voices of its own."""

    class Role(models.IntegerChoices):
        GONE = 0  # a voice that is not shown any more
        VOICE = 1
        MADE = 2

    into = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="+", db_index=False)
    source = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="+", db_index=False)
    role = models.PositiveSmallIntegerField(choices=Role)
    quoted = models.PositiveSmallIntegerField(default=0)  # 1 for the few that a stop names
    newest_key = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "into", "source"], name="one_inflow")]
        indexes = [
            models.Index(fields=["city", "into", "role", "newest_key"], name="inflow_newest"),
            models.Index(fields=["city", "into", "quoted"], name="inflow_quoted"),
            models.Index(fields=["city", "source"], name="inflow_of_source"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.into_id}"
