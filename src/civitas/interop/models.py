"""An import as one unit that can be undone: what file, how far it is, and what it did to each row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from civitas.cities.models import CityRow
from civitas.interop.holding import is_held
from civitas.interop.sayings import said
from civitas.kit.ids import uuid7

if TYPE_CHECKING:
    from typing import Any


# What rows name that the city may not have.
_NAMED = {
    "organisation": _("Organisation that says it"),
    "area": _("Part of the city"),
    "service": _("Service"),
    "merged_into": _("Put together with"),
}


class Import(CityRow):
    """One file brought in, from the upload on or by the command line; all that it did is taken back as one."""

    class State(models.TextChoices):
        READING = "reading", _("The file is being read")
        MAPPING = "mapping", _("Columns are to be named")
        CHECKING = "checking", _("The rows are being checked")
        READY = "ready", _("Ready to start")
        RUNNING = "running", _("Under way")
        STOPPED = "stopped", pgettext_lazy("import", "Stopped")
        DONE = "done", pgettext_lazy("import", "Brought in")
        UNDOING = "undoing", _("Is being taken back")
        PARTLY = "partly", _("Not all taken back")
        UNDONE = "undone", _("Taken back")
        FAILED = "failed", _("Cannot be read")

    class What(models.TextChoices):
        CONTRIBUTIONS = "contributions", _("Contributions")
        COMMENTS = "comments", _("Comments")

    class Door(models.TextChoices):
        PAGE = "page", _("in the browser")
        COMMAND = "command", _("by the command line")

    uid = models.UUIDField(default=uuid7)  # of the form; also the name of its folder
    process = models.ForeignKey("processes.Process", models.CASCADE, related_name="+", db_index=False)
    by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    door = models.CharField(max_length=8, choices=Door)
    state = models.CharField(max_length=8, choices=State, default=State.READING)
    what = models.CharField(max_length=14, choices=What, default=What.CONTRIBUTIONS)  # of the file, where one brings one of the two
    name = models.CharField(max_length=160)  # of the file
    bytes = models.PositiveBigIntegerField(default=0)
    encoding = models.CharField(max_length=40, blank=True)
    header = models.JSONField(default=list)  # names of columns
    header_mark = models.CharField(max_length=32, blank=True)  # the same for every file with these columns
    chosen = models.JSONField(default=dict)  # column -> field; '' for one that is left out
    fault = models.JSONField(default=dict)  # why the file cannot be read, or why it stopped by itself, as `sayings.kept`
    notes = models.JSONField(default=dict)  # what was not known, by name: counts of rows
    categories = models.JSONField(default=list)  # ids of those it made

    rows = models.PositiveIntegerField(default=0)  # records in the file
    seen = models.PositiveIntegerField(default=0)  # checked so far, or taken in
    offset = models.PositiveBigIntegerField(default=0)  # where the next slice begins in what was put ready
    marks = models.JSONField(default=dict)  # name of a file of its folder -> bytes of it that are complete
    expected_new = models.PositiveIntegerField(default=0)
    expected_updated = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    undone = models.PositiveIntegerField(default=0)
    stays = models.PositiveIntegerField(default=0)

    at = models.DateTimeField(auto_now_add=True)
    moved_at = models.DateTimeField(default=timezone.now)  # when something last happened to it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "uid"], name="one_import_per_form")]
        indexes = [
            models.Index(fields=["city", "id"], name="imports_newest"),
            models.Index(fields=["city", "header_mark", "id"], name="imports_alike", condition=~Q(header_mark="")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_moving(self) -> bool:
        """Whether the worker has it in hand, so that its page asks again."""
        if self.door == self.Door.COMMAND:
            return self.state == self.State.UNDOING
        return self.state in {self.State.READING, self.State.CHECKING, self.State.RUNNING, self.State.UNDOING}

    @property
    def is_cut_off(self) -> bool:
        """Whether the command line that did it was ended in the middle: the same command goes on with it."""
        if self.door != self.Door.COMMAND:
            return False
        return self.state == self.State.STOPPED or (self.state == self.State.RUNNING and not is_held(self.city_id, self.uid))

    @property
    def can_be_undone(self) -> bool:
        """Whether it has brought something in, or made a topic for it, and is still."""
        is_still = self.state in {self.State.DONE, self.State.STOPPED, self.State.PARTLY} or self.is_cut_off
        return bool(self.new + self.updated or self.categories) and is_still

    @property
    def still_in(self) -> int:
        """Rows that it brought in and that nobody has come to yet where it is taken back."""
        return self.new + self.updated - self.undone - self.stays

    @property
    def percent(self) -> int:
        """How far it is with what it does just now, 0 to 100."""
        if self.state in {self.State.UNDOING, self.State.PARTLY, self.State.UNDONE}:
            done, whole = self.undone + self.stays, self.new + self.updated
        else:
            done, whole = self.seen, self.rows
        return min(100, done * 100 // whole) if whole else 0

    @property
    def unknown(self) -> list[tuple[str, int]]:
        """Names that rows give and the city does not know, with how many rows, in the reader's language."""
        found = []
        for note, count in self.notes.get("unknown", {}).items():
            what, _between, name = note.partition(" '")
            found.append((f"{_NAMED[what]}: {name.removesuffix(chr(39))}" if what in _NAMED else note, count))
        return found

    @property
    def fault_said(self) -> str:
        """Why the file cannot be read, or why it stopped by itself, in the reader's language."""
        return said(self.fault)


class ImportItem(CityRow):
    """What an import did to one contribution or comment: made it, or replaced values; by ids and hashes, so that it can be taken back."""

    class State(models.TextChoices):
        IN = "in", _("brought in")
        UNDONE = "undone", _("taken back")
        STAYS = "stays", _("stays")

    class Reason(models.TextChoices):
        COMMENTED = "commented", _("somebody commented on it")
        SUPPORTED = "supported", _("somebody supports it")
        FOLLOWED = "followed", _("somebody follows it")
        ANSWERED = "answered", _("it was answered, or an answer is being written")
        CHANGED = "changed", _("somebody changed it")
        MODERATED = "moderated", _("the editorial team decided about it")
        MERGED = "merged", _("it was put together with another, or split")
        LINKED = "linked", _("something was made of it")
        USED = "used", _("somebody works with it")
        PARTLY = "partly", _("only what nobody changed since was put back")

    run = models.ForeignKey(Import, models.CASCADE, related_name="+", db_index=False)
    contribution = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="+", db_index=False)
    state = models.CharField(max_length=8, choices=State, default=State.IN)
    reason = models.CharField(max_length=12, choices=Reason, blank=True)
    is_new = models.PositiveSmallIntegerField()  # 1 where the import made it
    version = models.PositiveIntegerField()  # of the contribution, when the import had done it
    events = models.PositiveSmallIntegerField(default=0)  # stations that came with a new one
    event = models.PositiveBigIntegerField(null=True)  # the station that came with an update
    revision = models.PositiveBigIntegerField(null=True)  # which keeps the words before
    merge = models.PositiveBigIntegerField(null=True)  # by which the import put it into another
    before = models.JSONField(default=dict)  # values it replaced but for words: column -> value or id
    after = models.JSONField(default=dict)  # column -> hash of what it wrote
    place_name = models.CharField(max_length=160, blank=True)  # two of them are words, and may be blacked out
    source_url = models.URLField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "run", "contribution"], name="one_item_per_row")]
        indexes = [
            models.Index(fields=["city", "run", "state", "id"], name="items_of_import"),
            models.Index(fields=["city", "contribution"], name="imports_of_contribution"),
        ]

    def __str__(self) -> str:
        return f"{self.contribution_id} {self.state}"

    @property
    def title(self) -> str:
        """What it is called in a list; load `contribution` and its `root` with it."""
        row: Any = self.contribution
        return str(row) or "…"


# A table of its own beside these; Django looks for it here.
from civitas.interop.archive_models import Archive  # noqa: E402, F401  (see above)
