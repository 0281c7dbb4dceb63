"""What goes with giving: the draft before it is sent, the files that are shown with it."""

from django.db import models

from civitas.cities.models import CityRow
from civitas.contributions.models.contributions import Contribution
from civitas.kit.ids import uuid7


class Draft(CityRow):
    """What someone signed in has begun to write: a form as it was typed, so that nothing is refused or cut."""

    uid = models.UUIDField(default=uuid7)  # of the form, and of the contribution that it becomes
    participant = models.ForeignKey("people.Participant", models.CASCADE, related_name="+", db_index=False)
    step = models.ForeignKey("processes.Step", models.CASCADE, related_name="+", db_index=False)
    typed = models.JSONField(default=dict)  # the form's fields as typed: name -> text
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "uid"], name="one_draft_per_uid")]
        indexes = [models.Index(fields=["city", "participant", "changed_at"], name="drafts_of_person")]

    def __str__(self) -> str:
        return str(self.typed.get("title", ""))

    @property
    def path(self) -> str:
        """Where it is written on, without language."""
        process = self.step.process
        page = "/geben" if process.is_standing else f"/beteiligung/{process.slug}/schritt/{self.step.position}"
        return f"{page}?entwurf={self.uid}"


class Attachment(CityRow):
    """A file shown with a contribution: a picture with its alternative text, a video with what is said in it, a document with its name.

    A video is shown only once it has captions (WebVTT) or a transcript.
    """

    contribution = models.ForeignKey(Contribution, models.CASCADE, related_name="attachments", db_index=False)
    file = models.ForeignKey("media.MediaFile", models.CASCADE, related_name="+")
    alt = models.CharField(max_length=300, blank=True)
    transcript = models.TextField(blank=True)
    captions = models.TextField(blank=True)
    shows_people = models.BooleanField(default=False)  # who sent it said so, and agreed to it: `recognised`
    withdrawn_at = models.DateTimeField(null=True, blank=True)  # when that was taken back: nobody sees it until the worker takes it away
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "contribution", "file"], name="one_attachment_per_file")]

    def __str__(self) -> str:
        return self.alt
