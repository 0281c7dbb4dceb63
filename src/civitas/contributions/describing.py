"""The small page on which author and team say what files show, and the captions that players fetch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from civitas.contributions.attachments import LONGEST_ALT, LONGEST_CAPTIONS, LONGEST_TRANSCRIPT, Words, checked_captions, describe_files
from civitas.contributions.models import Attachment, Contribution
from civitas.contributions.queries import pictures
from civitas.contributions.rules import may_describe, may_read
from civitas.kit.refusals import show_refusal
from civitas.kit.templatetags.kit import localized
from civitas.kit.verdicts import Refused
from civitas.media.actions import keep_file
from civitas.media.faults import fault_of
from civitas.media.models import CAPTIONS, DOCUMENT, DRAWING, MediaFile

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.people.actors import Actor

_FIELDS = ("instead", "alt", "transcript", "captions", "drop")


class DescribeForm(forms.Form):
    """The words of each file: what a picture shows, what is said in a video; and whether it should go."""

    def __init__(self, rows: list[Attachment], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.rows = rows
        for row in rows:
            if row.file.state == MediaFile.State.REFUSED:
                self.fields[f"instead-{row.pk}"] = forms.FileField(
                    label=gettext_lazy("Send another file in its place"),
                    required=False,
                    allow_empty_file=True,
                    widget=forms.FileInput(attrs={"accept": "video/mp4,video/webm,video/quicktime" if row.file.is_video else DOCUMENT}),
                )
            if row.file.is_picture:
                self.fields[f"alt-{row.pk}"] = forms.CharField(
                    label=gettext_lazy("What is to be seen in it?"),
                    help_text=gettext_lazy("For people who cannot see the picture."),
                    max_length=LONGEST_ALT,
                    initial=row.alt,
                    error_messages={"required": gettext_lazy("Please say in a few words what the picture shows.")},
                )
            elif row.file.is_video:
                self.fields[f"transcript-{row.pk}"] = forms.CharField(
                    label=gettext_lazy("What is said and heard in it?"),
                    help_text=gettext_lazy("For people who cannot hear it. Write what is said, and sounds that matter."),
                    max_length=LONGEST_TRANSCRIPT,
                    widget=forms.Textarea(attrs={"rows": 4}),
                    initial=row.transcript,
                    required=False,
                )
                self.fields[f"captions-{row.pk}"] = forms.FileField(
                    label=gettext_lazy("Captions as a file"),
                    help_text=gettext_lazy("WebVTT (.vtt), if you have it."),
                    required=False,
                    widget=forms.FileInput(attrs={"accept": ".vtt,text/vtt"}),
                )
            if row.file.mime != DRAWING:
                self.fields[f"drop-{row.pk}"] = forms.BooleanField(label=gettext_lazy("Take this file away for good"), required=False)

    def clean(self) -> dict[str, Any]:
        """Captions are WebVTT."""
        data = super().clean() or {}
        for row in self.rows:
            sent = data.get(f"captions-{row.pk}")
            if sent is None or isinstance(sent, str):
                data[f"captions-{row.pk}"] = row.captions
                continue
            try:
                data[f"captions-{row.pk}"] = checked_captions(sent.read(LONGEST_CAPTIONS * 4).decode("utf-8", errors="replace"))
            except Refused as refusal:
                self.add_error(f"captions-{row.pk}", str(refusal.reason))
        return data

    @property
    def parts(self) -> list[dict[str, Any]]:
        """Each file with its fields."""
        return [
            {
                "file": row.file,
                "picture": next((each for each in row.file.derivatives.all() if each.width), None),
                "captioned": bool(row.captions),
                "fault": fault_of(row.file),
                "waits": row.file.state == MediaFile.State.WAITING,
                "fields": [self[f"{name}-{row.pk}"] for name in _FIELDS if f"{name}-{row.pk}" in self.fields],
            }
            for row in self.rows
        ]

    @property
    def words(self) -> dict[int, Words]:
        """The words by the attachments' ids."""
        data = self.cleaned_data
        return {
            row.pk: Words(data.get(f"alt-{row.pk}", ""), data.get(f"transcript-{row.pk}", ""), data.get(f"captions-{row.pk}", ""))
            for row in self.rows
        }

    def kept_instead(self, actor: Actor) -> dict[int, MediaFile]:
        """The files that were sent in the place of refused ones, kept now, by the attachments' ids; raises Refused."""
        sent = {row.pk: self.cleaned_data.get(f"instead-{row.pk}") for row in self.rows}
        kept = {}
        for key, upload in sent.items():
            if upload and key not in self.dropped:
                try:
                    kept[key] = keep_file(actor, upload, size=upload.size, title=upload.name, loose=True)
                except Refused as refusal:
                    sentence = str(refusal.reason)
                    raise Refused(sentence, status=refusal.status, fields={f"instead-{key}": sentence}) from None
        return kept

    @property
    def dropped(self) -> list[int]:
        """The ids of those that should go."""
        return [row.pk for row in self.rows if self.cleaned_data.get(f"drop-{row.pk}")]


def _found(request: HttpRequest, number: int) -> Contribution:
    if request.city is None:
        raise Http404
    rows = Contribution.objects.of(request.city).select_related("root", "process", "step", "author")
    row = rows.prefetch_related(pictures(request.city)).filter(number=number).first()
    if row is None:
        raise Http404
    may_read(request.actor, row).require()
    return row


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def describe(request: HttpRequest, number: int) -> HttpResponse:
    """Words for the files of a contribution, at any time: a video is public once it has captions or a transcript."""
    row = _found(request, number)
    may_describe(request.actor, row).require()
    form = DescribeForm(list(row.attachments.all()), *([request.POST, request.FILES] if request.method == "POST" else []))
    if request.method == "POST" and form.is_valid():
        try:
            describe_files(request.actor, row, form.words, dropped=form.dropped, instead=form.kept_instead(request.actor))
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Your changes are saved."))
            return redirect(localized(row.path))
    context = {"row": row, "form": form, "back_url": localized(row.path)}
    return render(request, "contributions/describe.html", context, status=422 if form.errors else 200)


@login_not_required
@require_safe
def show_captions(request: HttpRequest, number: int, key: int) -> HttpResponse:
    """The captions of a video, for its player."""
    row = _found(request, number)
    attachment = next((each for each in row.attachments.all() if each.pk == key and each.captions), None)
    if attachment is None:
        raise Http404
    response = HttpResponse(attachment.captions, content_type=f"{CAPTIONS}; charset=utf-8")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
