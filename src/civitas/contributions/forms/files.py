"""What goes with it: pictures, a short video, documents, with their words and rights."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civitas.contributions.attachments import LONGEST_ALT, MOST_DOCUMENTS, MOST_PICTURES, MOST_VIDEOS
from civitas.contributions.recognised import PURPOSE
from civitas.contributions.uploads import GivenFiles
from civitas.media import video
from civitas.media.limits import DOCUMENT_BYTES, MEGABYTE, PART_BYTES, PICTURE_BYTES, VIDEO_BYTES, VIDEO_SECONDS
from civitas.media.rules import may_send_file
from civitas.people.consents import may_consent

if TYPE_CHECKING:
    from civitas.contributions.forms.base import StepForm
    from civitas.people.models import Participant


class ManyFiles(forms.FileInput):
    """Several files at once; what they are is found out when they are kept, so the field itself checks nothing."""

    allow_multiple_selected = True


def add_files(form: StepForm) -> None:
    """Put in the fields of the files, where the step takes them."""
    form.given, allowed = GivenFiles(), may_send_file(form.actor)
    form.without_files = str(allowed.reason) if form.settings.photos else ""
    if not form.settings.photos or not allowed:
        return
    put_in_files(form, form.actor.participant)


def put_in_files(form: forms.Form, participant: Participant | None) -> None:
    """The fields of the files themselves, as `_give_files.html` shows them; what is chosen is read by `uploads.take_files`."""
    kinds = "image/jpeg,image/png,image/webp,application/pdf" + (",video/mp4,video/webm,video/quicktime" if video.is_offered() else "")
    form.fields |= {
        "picture": forms.Field(
            label=gettext_lazy("Choose files"), help_text=_limits_in_words(), required=False, widget=ManyFiles(attrs={"accept": kinds})
        ),
        "alt": forms.CharField(
            label=gettext_lazy("What is to be seen in it?"),
            help_text=gettext_lazy("For people who cannot see the picture."),
            max_length=LONGEST_ALT,
            required=False,
        ),
        "rights": forms.BooleanField(label=gettext_lazy("I made these files myself or may use them."), required=False),
    }
    _add_people(form, participant)


def _add_people(form: forms.Form, participant: Participant | None) -> None:
    """Put in the box with which somebody agrees that people are to be recognised; it never comes ticked. Who cannot agree has none."""
    if may_consent(participant):
        form.fields["people"] = forms.BooleanField(
            label=PURPOSE.wording,
            help_text=gettext_lazy("Is nobody to be recognised? Then leave this open. You can take it back in your account at any time."),
            required=False,
            widget=forms.CheckboxInput(attrs={"value": PURPOSE.version}),
        )
        return
    form.fields["rights"].label = gettext_lazy("I made these files myself or may use them, and nobody can be recognised in them.")


def _check_people(form: forms.Form, data: dict[str, Any]) -> bool:
    """Whether the box of `_add_people` was ticked; one of a form with an earlier wording is asked once more."""
    if not data.get("people"):
        return False
    if form.data.get("people") != str(PURPOSE.version):
        form.add_error("people", gettext_lazy("The wording has changed meanwhile. Please read it once more before you agree."))
    return True


def limits() -> str:
    """Numbers and sizes (bytes) of files for the browser, as JSON, so that it says what is too large before it sends anything."""
    return json.dumps({
        "pictures": MOST_PICTURES, "videos": MOST_VIDEOS if video.is_offered() else 0, "documents": MOST_DOCUMENTS,
        "picture": PICTURE_BYTES, "video": VIDEO_BYTES, "document": DOCUMENT_BYTES, "part": PART_BYTES,
    })  # fmt: skip


def _limits_in_words() -> str:
    figures = {
        "pictures": MOST_PICTURES, "picture": PICTURE_BYTES // MEGABYTE, "videos": MOST_VIDEOS, "seconds": VIDEO_SECONDS,
        "video": VIDEO_BYTES // MEGABYTE, "documents": MOST_DOCUMENTS, "document": DOCUMENT_BYTES // MEGABYTE,
    }  # fmt: skip
    if video.is_offered():
        return (
            _(
                "Up to %(pictures)d pictures of %(picture)d MB, %(videos)d video of %(seconds)d seconds and %(video)d MB, "
                "%(documents)d PDF of %(document)d MB. We remove place and time from them."
            )
            % figures
        )
    return (
        _("Up to %(pictures)d pictures of %(picture)d MB and %(documents)d PDF of %(document)d MB. We remove place and time from them.")
        % figures
    )


def check_files(form: forms.Form, given: GivenFiles, data: dict[str, Any]) -> None:
    """Each picture comes with its words, and all files with the rights."""
    if "picture" not in form.fields:
        return
    for sentence in given.refused:
        form.add_error("picture", sentence)
    for row in given.rows:
        if row.file.is_picture and not row.alt.strip():
            row.error = row.error or _("Please say in a few words what the picture shows.")
    wrong = list(dict.fromkeys(row.error for row in given.rows if row.error))
    for sentence in wrong:
        form.add_error("alt", sentence)
    given.shows_people = _check_people(form, data)
    if given.rows and not data.get("rights"):
        form.add_error("rights", _("Please confirm that you may show these files."))
