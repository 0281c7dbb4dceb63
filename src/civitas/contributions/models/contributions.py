"""Contribution: anything a person gives or a step makes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.lookups import LessThan
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from civitas.cities.models import CityRow
from civitas.contributions.drawings import drawing_in_words
from civitas.kit.ids import uuid7
from civitas.kit.texts import slugified
from civitas.processes.policies import promised_days

if TYPE_CHECKING:
    import datetime as dt
    from uuid import UUID

    from civitas.cities.models import City

TITLE_LENGTH = 250
AUDIENCE_LENGTH = 300
# The answers that may stay open, and all that a contribution says in words.
ANSWERS = ("audience", "proposal", "benefit")
WORDS = ("title", "text", *ANSWERS)
# The kinds that steps make of what people gave.
MADE = ("theme", "concept", "result", "measure", "service_story")
# Support and comments together below 1, 3, 10, 30: the levels 0 to 3 of the response to a contribution; above is level 4.
RESPONSE_STEPS = (1, 3, 10, 30)
# Low bits of `newest_key` that keep two contributions of one millisecond apart.
KEY_BITS = 20


# What `spin_of` gives lies below this: the ring on which the fair order turns.
SPIN_RING = 1 << 31


def spin_of(uid: UUID) -> int:
    """A contribution's fixed place (0 to 2**31 - 1) on the ring of the fair order; even, since the end of a uid is random."""
    return uid.int & (SPIN_RING - 1)


def newest_key(given_at: dt.datetime, pk: int) -> int:
    """The number that sorts contributions by the time they were given (ms since 1970), unique by their id's low bits."""
    return (int(given_at.timestamp() * 1000) << KEY_BITS) | (pk & ((1 << KEY_BITS) - 1))


def _response_below(most: int) -> Q:
    return Q(LessThan(F("support_count") + F("imported_support") + F("merged_support") + F("comment_count"), most))


def path_of(number: int | None, title: str) -> str:
    """The address of a contribution with this number and title, without language."""
    slug = slugified(title)
    return f"/beitrag/{number}-{slug}" if slug else f"/beitrag/{number}"


class Contribution(CityRow):
    """Anything a person gives or a step makes. A kind with fields of its own keeps them in a table beside this one."""

    class Kind(models.TextChoices):
        IDEA = "idea", _("Idea")
        IMPROVEMENT = "improvement", _("Improvement")
        COMMENT = "comment", _("Comment")
        # What steps make of what people gave.
        THEME = "theme", _("Theme")
        CONCEPT = "concept", _("Concept")
        RESULT = "result", _("Result")
        MEASURE = "measure", _("Measure")
        SERVICE_STORY = "service_story", _("How a service came to be")

    class Visibility(models.TextChoices):
        DRAFT = "draft", _("Draft")
        WAITING = "waiting", _("Waiting for the editorial team")
        PUBLISHED = "published", _("Published")
        HIDDEN = "hidden", _("Hidden")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        ERASED = "erased", _("Erased")

    class Stance(models.TextChoices):
        FOR = "for", _("In favour")
        AGAINST = "against", _("Against")
        NEUTRAL = "neutral", _("Neutral")

    class Status(models.TextChoices):
        RECEIVED = "received", _("Received")
        IN_REVIEW = "in_review", _("In review")
        PLANNED = "planned", _("Planned")
        IN_WORK = "in_work", _("In work")
        DONE = "done", _("Done")
        NOT_POSSIBLE = "not_possible", _("Not possible")
        PART_OF = "part_of", _("Part of something larger")

    uid = models.UUIDField(default=uuid7)
    number = models.PositiveBigIntegerField(null=True)  # per city; comments have none
    process = models.ForeignKey("processes.Process", models.PROTECT, related_name="+", db_index=False)
    step = models.ForeignKey("processes.Step", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind)
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="replies", db_index=False)
    # The contribution at the top of a thread of comments; a comment's parent may be another comment.
    root = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="thread", db_index=False)

    # The contribution that this one was put together with and is shown in: always the last of a chain, which itself lies in none.
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="wordings", db_index=False)

    author = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    organisation = models.ForeignKey("people.Organisation", models.SET_NULL, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=TITLE_LENGTH, blank=True)
    # The answers to the questions of giving: what it is about (of a comment, all of it), for whom, what to do, what is better then.
    text = models.TextField(blank=True)
    audience = models.CharField(max_length=AUDIENCE_LENGTH, blank=True)
    proposal = models.TextField(blank=True)
    benefit = models.TextField(blank=True)
    stance = models.CharField(max_length=8, choices=Stance, blank=True)  # of a comment
    language = models.CharField(max_length=12, default="de")
    category = models.ForeignKey("processes.Category", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    service = models.ForeignKey("services.Service", models.SET_NULL, null=True, blank=True, related_name="+")

    lat = models.FloatField(null=True, blank=True)  # WGS84 degrees
    lon = models.FloatField(null=True, blank=True)
    area = models.ForeignKey("cities.Area", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    place_name = models.CharField(max_length=160, blank=True)
    drawing = models.JSONField(null=True, blank=True)  # GeoJSON geometry (Point, LineString, Polygon; WGS84) drawn on the map
    is_outside = models.BooleanField(default=False)  # has a place, but outside the city

    visibility = models.CharField(max_length=12, choices=Visibility, default=Visibility.PUBLISHED)
    hidden_reason = models.CharField(max_length=300, blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.RECEIVED)
    version = models.PositiveIntegerField(default=1)
    # When words of it were blacked out last: from then on no import brings words back.
    redacted_at = models.DateTimeField(null=True, blank=True)
    given_at = models.DateTimeField()
    changed_at = models.DateTimeField(auto_now=True)
    newest_key = models.BigIntegerField(null=True)

    support_count = models.PositiveIntegerField(default=0)
    imported_support = models.PositiveIntegerField(default=0)
    merged_support = models.PositiveIntegerField(default=0)  # what those merged into it add: each person once, and votes from elsewhere
    support_total = models.GeneratedField(
        expression=F("support_count") + F("imported_support") + F("merged_support"),
        output_field=models.PositiveIntegerField(),
        db_persist=True,
    )
    wording_count = models.PositiveIntegerField(default=0)  # how many are merged into it
    # Published ones in its thread and in those merged into it; of a comment, the replies right below it.
    comment_count = models.PositiveIntegerField(default=0)

    # Kept by the actions, as numbers for the indexes: 1 when a picture or an official answer in words is there.
    with_picture = models.PositiveSmallIntegerField(default=0)
    answered = models.PositiveSmallIntegerField(default=0)
    # The fair order: those with the least response first, and among them a ring that starts elsewhere each day.
    spin = models.PositiveIntegerField(default=0)
    response_level = models.GeneratedField(
        expression=Case(
            *(When(_response_below(most), then=Value(level)) for level, most in enumerate(RESPONSE_STEPS)),
            default=Value(len(RESPONSE_STEPS)),
        ),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )

    # The version of the terms that its author agreed to by sending it (`Terms.number`); None = it came from elsewhere.
    terms = models.PositiveSmallIntegerField(null=True, blank=True)
    source_key = models.CharField(max_length=300, blank=True)  # the row's own id or address where it came from
    source_url = models.URLField(max_length=500, blank=True)

    # 1 for what lists, map and search show: published, no comment, merged into none. A number: SQLite uses no index for a bare boolean.
    listed = models.GeneratedField(
        expression=Case(
            When(Q(visibility="published") & ~Q(kind="comment") & Q(merged_into__isnull=True), then=Value(1)), default=Value(0)
        ),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )

    has_revisions = False  # whether its words were ever changed, where `queries.note_revisions` has asked
    has_links = True  # whether anything came before it or after; False where `queries.contribution_by_number` found nothing
    together: tuple[int, ...] = ()  # the ids of itself and of all that was merged into it, where `queries.together` has asked
    merged_wordings: tuple[Contribution, ...] = ()  # the first that lie in it, where `queries.contribution_by_number` has read them

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "uid"], name="one_contribution_per_uid"),
            models.UniqueConstraint(fields=["city", "number"], name="one_contribution_per_number"),
            models.UniqueConstraint(fields=["city", "newest_key"], name="one_contribution_per_key"),
            models.UniqueConstraint(
                fields=["city", "process", "source_key"], name="one_contribution_per_source", condition=~Q(source_key="")
            ),
            models.CheckConstraint(
                condition=Q(lat__isnull=True, lon__isnull=True) | Q(lat__gte=-90, lat__lte=90, lon__gte=-180, lon__lte=180),
                name="contribution_place_is_wgs84",
            ),
            models.CheckConstraint(
                condition=Q(kind="comment", root__isnull=False) | (~Q(kind="comment") & Q(root__isnull=True)), name="comments_have_a_root"
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | (~Q(kind="comment") & ~Q(merged_into=F("id"))), name="merged_into_another"
            ),
        ]
        indexes = [
            models.Index(fields=["city", "listed", "newest_key"], name="listed_newest"),
            models.Index(fields=["city", "listed", "support_total", "newest_key"], name="listed_supported"),
            models.Index(fields=["city", "listed", "comment_count", "newest_key"], name="listed_discussed"),
            models.Index(fields=["city", "listed", "process", "newest_key"], name="listed_process"),
            models.Index(fields=["city", "listed", "category", "newest_key"], name="listed_category"),
            models.Index(fields=["city", "listed", "area", "newest_key"], name="listed_area"),
            models.Index(fields=["city", "listed", "status", "newest_key"], name="listed_status"),
            models.Index(fields=["city", "listed", "kind", "newest_key"], name="listed_kind"),
            models.Index(fields=["city", "listed", "service", "newest_key"], name="listed_service"),
            models.Index(fields=["city", "listed", "with_picture", "newest_key"], name="listed_with_picture"),
            models.Index(fields=["city", "listed", "answered", "newest_key"], name="listed_answered"),
            models.Index(fields=["city", "listed", "response_level", "spin"], name="listed_fair"),
            models.Index(fields=["city", "listed", "process", "category", "newest_key"], name="listed_process_category"),
            models.Index(fields=["city", "listed", "process", "area", "newest_key"], name="listed_process_area"),
            models.Index(fields=["city", "listed", "process", "status", "newest_key"], name="listed_process_status"),
            models.Index(fields=["city", "listed", "area", "category", "newest_key"], name="listed_area_category"),
            models.Index(fields=["city", "listed", "lat", "lon"], name="listed_place"),
            models.Index(fields=["city", "visibility", "newest_key"], name="staff_newest"),
            # Only comments are in these, so that giving a contribution does not pay for them.
            models.Index(fields=["city", "root", "parent", "newest_key"], name="thread_in_order", condition=Q(root__isnull=False)),
            models.Index(fields=["city", "root", "newest_key"], name="thread_by_day", condition=Q(root__isnull=False)),
            models.Index(
                fields=["city", "root", "parent", "comment_count", "newest_key"], name="thread_discussed", condition=Q(root__isnull=False)
            ),
            models.Index(
                fields=["city", "root", "stance", "visibility", "newest_key"], name="thread_stances", condition=Q(root__isnull=False)
            ),
            models.Index(fields=["city", "author", "newest_key"], name="author_newest"),
            models.Index(fields=["city", "merged_into", "newest_key"], name="merged_wordings", condition=Q(merged_into__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.title or self.text[:60]

    @property
    def slug(self) -> str:
        """The title as part of the address."""
        return slugified(self.title)

    @property
    def path(self) -> str:
        """The address without language: `/beitrag/<number>-<slug>`; a comment's is its thread's page on which it stands."""
        if self.root_id and self.root:
            return f"{self.root.path}?kommentar={self.pk}#k-{self.pk}"
        return path_of(self.number, self.title)

    @property
    def is_listed(self) -> bool:
        """What `listed` will say once it is saved: whether lists, map and search show it."""
        return self.visibility == self.Visibility.PUBLISHED and self.kind != self.Kind.COMMENT and self.merged_into_id is None

    @property
    def above(self) -> set[int]:
        """The ids of what a comment counts for: the top of its thread, and the comment it replies to."""
        return {pk for pk in (self.root_id, self.parent_id) if pk}

    def promised_days(self, city: City) -> int:
        """Within how many days an answer was promised: the rules of its process, which is loaded with it, else of the city."""
        return promised_days(city, self.process)

    @property
    def speaker(self) -> str:
        """Who says it: the organisation, where its author spoke for one, else the author; '' for nobody. Load both with it."""
        if self.organisation:
            return str(self.organisation.name)
        return str(self.author.shown_name) if self.author else ""

    @property
    def has_place(self) -> bool:
        """Whether it lies on the map."""
        return self.lat is not None

    @property
    def drawing_said(self) -> str:
        """What was drawn on the map, in words; '' when nothing was."""
        return drawing_in_words(self.drawing)

    @property
    def is_made(self) -> bool:
        """Whether a step made it of what people gave: a theme, a concept … nobody waits for an answer to it."""
        return self.kind in MADE

    @property
    def is_from_elsewhere(self) -> bool:
        """Whether it was brought in from another platform: to its author this city promised nothing."""
        return bool(self.source_key or self.source_url)

    @cached_property
    def teaser(self) -> str:
        """How the text begins, for cards: whole sentences where they fit, at most 160 characters, over a salutation's line end.

        Of a comment its own words, without the lines that it quotes.
        """
        text = self.text
        if self.kind == self.Kind.COMMENT and text.startswith(">"):
            text = "\n".join(line for line in text.split("\n") if not line.startswith(">")).strip() or text
        first = " ".join(text[:400].split())
        if len(first) <= 160:
            return first
        sentences = re.match(r".{50,158}[.!?…](?=\s)", first)
        return sentences[0] if sentences else first[:160].rpartition(" ")[0] + " …"
