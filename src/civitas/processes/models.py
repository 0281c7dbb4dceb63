"""Process, Step, Category, and what a process page tells: news, documents, events."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from civitas.cities.models import CityRow, HandChanged
from civitas.kit.ids import uuid7
from civitas.kit.translated import TranslatedField

STANDING_SLUG = "buergersensor"


class Process(HandChanged, CityRow):
    """A participation: a question, who owns it, how much say people have, and a row of steps."""

    class Say(models.IntegerChoices):
        INFORM = 1, _("Be informed")
        VOICE = 2, _("Have a say")
        SHAPE = 3, _("Shape together")
        DECIDE = 4, _("Decide together")
        CARRY = 5, _("Carry out together")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        ARCHIVED = "archived", _("Archived")

    class Formality(models.TextChoices):
        INFORMAL = "informal", _("Informal")
        STATUTORY = "statutory", _("Accompanies a statutory procedure")

    uid = models.UUIDField(default=uuid7)
    slug = models.SlugField(max_length=80)
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    title = TranslatedField()
    question = TranslatedField()
    lead = TranslatedField()
    organisation = models.ForeignKey("people.Organisation", models.SET_NULL, null=True, blank=True, related_name="+")
    owner_name = models.CharField(max_length=120, blank=True)
    owner_title = TranslatedField()
    contact = TranslatedField()
    say = models.PositiveSmallIntegerField(choices=Say, default=Say.VOICE)
    say_note = TranslatedField()
    formality = models.CharField(max_length=12, choices=Formality, default=Formality.INFORMAL)
    formal_note = TranslatedField()
    formal_url = models.URLField(blank=True)
    formal_deadline_on = models.DateField(null=True, blank=True)
    picture = models.TextField(blank=True)  # sanitised SVG from the pack or a template
    result = TranslatedField()
    # Since when the city takes nothing in any of its steps; people can still read everything.
    paused_at = models.DateTimeField(null=True, blank=True)
    rules = models.JSONField(default=dict, blank=True)  # where they differ from the city's; behind `policies.Rules`
    rules_version = models.PositiveIntegerField(default=1)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)  # when it came before the public first; None = a draft

    # Whether who looks follows it, where a query asked for it too.
    is_followed: bool | None = None

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "slug"], name="one_process_per_slug"),
            models.UniqueConstraint(fields=["city", "uid"], name="one_process_per_uid"),
        ]
        indexes = [
            models.Index(fields=["city", "state", "-made_at"], name="process_newest"),
            models.Index(fields=["city", "state", "-published_at"], name="process_published"),
        ]

    def __str__(self) -> str:
        return str(self.title)

    @property
    def is_standing(self) -> bool:
        """Whether this is the city's Bürgersensor, which never closes."""
        return self.slug == STANDING_SLUG

    @property
    def is_paused(self) -> bool:
        """Whether it is public and takes nothing for a while."""
        return self.state == self.State.PUBLISHED and self.paused_at is not None


class Step(CityRow):
    """One method in a window of time. `windows.state_of(step)` says whether it is open."""

    class Override(models.TextChoices):
        NONE = "", _("By its window of time")
        OPEN = "open", _("Open by hand")
        CLOSED = "closed", _("Closed by hand")

    class Where(models.TextChoices):
        """As `registry.Mode`: where the step's method is run."""

        ONLINE = "online", _("Online")
        LIVE = "live", _("Live together")
        ON_SITE = "on_site", _("On site")

    process = models.ForeignKey(Process, models.CASCADE, related_name="steps", db_index=False)
    key = models.SlugField(max_length=60)
    position = models.PositiveSmallIntegerField()
    method = models.CharField(max_length=60)
    mode = models.CharField(max_length=8, choices=Where, blank=True)  # '' = nobody has said it
    title = TranslatedField()
    intro = TranslatedField()
    privacy = TranslatedField()  # why and on which basis its data is taken, in the city's own words; empty = the house's
    settings = models.JSONField(default=dict, blank=True)  # behind the method's schema
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    override = models.CharField(max_length=8, choices=Override, default=Override.NONE, blank=True)
    # Since when the team takes no comments in this step, and from when on they are open again by themselves (None = by hand).
    comments_paused_at = models.DateTimeField(null=True, blank=True)
    comments_open_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "process", "key"], name="one_step_per_key"),
            models.UniqueConstraint(fields=["city", "process", "position"], name="one_step_per_position"),
            models.CheckConstraint(
                condition=models.Q(closes_at__isnull=True) | models.Q(opens_at__isnull=True) | models.Q(closes_at__gt=models.F("opens_at")),
                name="step_closes_after_it_opens",
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)


class ProcessFollow(CityRow):
    """One participant wants news of one process."""

    process = models.ForeignKey(Process, models.CASCADE, related_name="follows", db_index=False)
    participant = models.ForeignKey("people.Participant", models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "process", "participant"], name="one_process_follow_each")]
        indexes = [
            models.Index(fields=["city", "process", "id"], name="followers_of_process"),
            models.Index(fields=["city", "participant", "-at"], name="process_follow_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.process_id}"


class Category(CityRow):
    """A subject that contributions are sorted into: the city's own, or one of a process."""

    process = models.ForeignKey(Process, models.CASCADE, null=True, blank=True, related_name="own_categories")
    key = models.SlugField(max_length=60)
    name = TranslatedField()
    icon = models.CharField(max_length=40, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "key"], name="one_city_category", condition=models.Q(process__isnull=True)),
            models.UniqueConstraint(
                fields=["city", "process", "key"], name="one_process_category", condition=models.Q(process__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)


class Postponement(CityRow):
    """Something that would go by rule is kept longer: one thing of a kind, or all that belongs to a process, until a day, for a reason."""

    class Why(models.TextChoices):
        DISPUTE = "dispute", _("A dispute or complaint is not over")
        AUDIT = "audit", _("An audit needs it")
        RESEARCH = "research", _("An agreed evaluation needs it")
        WISH = "wish", _("The person concerned asked for it")
        OTHER = "other", _("Another reason")

    kind = models.CharField(max_length=30, blank=True)  # `kit.rooms.Postponing.key`; '' = a process
    key = models.PositiveBigIntegerField(null=True, blank=True)  # of the row
    process = models.ForeignKey(Process, models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    why = models.CharField(max_length=10, choices=Why)
    words = models.CharField(max_length=500)
    until = models.DateField()  # up to and with that day
    by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    made_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)  # by hand, before its day

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["city", "kind", "key"], name="one_postponement_each", condition=models.Q(ended_at__isnull=True, key__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["city", "process"],
                name="one_postponement_a_process",
                condition=models.Q(ended_at__isnull=True, process__isnull=False),
            ),
            models.CheckConstraint(condition=models.Q(key__isnull=True) | models.Q(process__isnull=True), name="postponed_is_one_thing"),
        ]
        indexes = [models.Index(fields=["city", "ended_at", "until"], name="postponed_until")]

    def __str__(self) -> str:
        return f"{self.kind} {self.until}"


class News(CityRow):
    """Something new in a process, in the city's words (Markdown)."""

    process = models.ForeignKey(Process, models.CASCADE, related_name="news", db_index=False)
    key = models.SlugField(max_length=80)
    title = TranslatedField()
    body = TranslatedField()
    published_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "process", "key"], name="one_news_per_key")]

    def __str__(self) -> str:
        return str(self.title)


class Document(CityRow):
    """A document of a process, elsewhere by address or as an uploaded file."""

    process = models.ForeignKey(Process, models.CASCADE, related_name="documents", db_index=False)
    key = models.SlugField(max_length=80)
    title = TranslatedField()
    url = models.URLField(blank=True)
    file = models.ForeignKey("media.MediaFile", models.SET_NULL, null=True, blank=True, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "process", "key"], name="one_document_per_key")]

    def __str__(self) -> str:
        return str(self.title)


class Event(CityRow):
    """A date of a process that people can put into their calendar."""

    process = models.ForeignKey(Process, models.CASCADE, related_name="events", db_index=False)
    uid = models.UUIDField(default=uuid7)
    key = models.SlugField(max_length=80)
    title = TranslatedField()
    description = TranslatedField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.ForeignKey("cities.Place", models.SET_NULL, null=True, blank=True, related_name="+")
    where = models.CharField(max_length=240, blank=True)
    url = models.URLField(blank=True)
    version = models.PositiveIntegerField(default=1)

    is_off = False  # of one that was taken away and is still told as cancelled (`removing.dates_off`)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "process", "key"], name="one_event_per_key"),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="event_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return str(self.title)


class Removed(CityRow):
    """What was taken away from a process on its desk, kept whole for some weeks so that it can come back."""

    class What(models.TextChoices):
        NEWS = "news", _("News")
        EVENT = "event", _("Date")
        DOCUMENT = "document", _("Document")
        STEP = "step", _("Step")

    process = models.ForeignKey(Process, models.CASCADE, related_name="removed", db_index=False)
    what = models.CharField(max_length=8, choices=What)
    title = TranslatedField()
    row = models.JSONField()  # its columns by name, as Django writes them down; with its id, which it gets back
    file = models.ForeignKey("media.MediaFile", models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["city", "process", "at"], name="removed_from_process"),
            models.Index(fields=["city", "at"], name="removed_by_age"),
        ]

    def __str__(self) -> str:
        return str(self.title)
