"""What who brings a file in types: the file with its process, and what each of its columns means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from civitas.interop.archive_models import Archive
from civitas.interop.columns import COMMENT_NAMES, CONTRIBUTION_NAMES
from civitas.interop.models import Import
from civitas.media.limits import MEGABYTE, VIDEO_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from civitas.processes.models import Process

MOST_MEGABYTES = VIDEO_BYTES // MEGABYTE
ENCODINGS = [
    ("", _("UTF-8, as most programs write it")),
    ("cp1252", _("Windows (cp1252), as older Excel writes it")),
    ("utf-16", _("UTF-16, “Unicode text”")),
]
# Fields as people call them, in groups.
GROUPS = (
    (_("What tells it apart"), (("id", _("Number or id")), ("url", _("Web address")))),
    (
        _("What somebody says"),
        (
            ("title", _("Title")),
            ("text", _("Text")),
            ("audience", _("Whom it helps")),
            ("proposal", _("What to do")),
            ("benefit", _("What is better then")),
            ("created", _("When it was given")),
            ("language", _("Language")),
            ("kind", _("Kind of contribution")),
            ("votes", _("Votes from elsewhere")),
            ("organisation", _("Organisation that says it")),
        ),
    ),
    (
        _("Where it lies"),
        (
            ("lat", _("Latitude")),
            ("lon", _("Longitude")),
            ("drawing", _("Drawing on the map, or WKT")),
            ("place_name", _("Name of the place")),
            ("area", _("Part of the city")),
        ),
    ),
    (_("What it is about"), (("category", _("Topic")), ("service", _("Service")), ("merged_into", _("Put together with")))),
    (
        _("What the city says"),
        (
            ("status", _("Status")),
            ("answer", _("Answer")),
            ("answered_by", _("Department that answers")),
            ("answered_at", _("Day of the answer")),
        ),
    ),
)
COMMENT_GROUPS = (
    (
        _("What it belongs to"),
        (("contribution_url", _("Contribution that it is about")), ("reply_to", _("What it replies to"))),
    ),
    GROUPS[0],
    (
        _("What somebody says"),
        (
            ("title", _("Title")),
            ("text", _("Text")),
            ("stance", _("For or against")),
            ("created", _("When it was given")),
            ("language", _("Language")),
            ("organisation", _("Organisation that says it")),
        ),
    ),
)
assert {key for _group, fields in GROUPS for key, _label in fields} == set(CONTRIBUTION_NAMES)
assert {key for _group, fields in COMMENT_GROUPS for key, _label in fields} == set(COMMENT_NAMES)


class UploadForm(forms.Form):
    """The file and where it goes."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    what = forms.ChoiceField(
        label=_("What is in it?"),
        choices=[
            (Import.What.CONTRIBUTIONS, _("Contributions: what people gave")),
            (Import.What.COMMENTS, _("Comments on contributions that are here already")),
        ],
        widget=forms.RadioSelect,
        initial=Import.What.CONTRIBUTIONS,
    )
    process = forms.ChoiceField(label=_("Into which process?"))
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,.geojson,.json"}),
        error_messages={"required": _("Please choose a file."), "empty": _("This file is empty.")},
    )
    encoding = forms.ChoiceField(
        label=_("How is a CSV file written?"),
        help_text=_("Only if umlauts come out wrong."),
        choices=ENCODINGS,
        required=False,
    )

    def __init__(self, processes: Mapping[str, Process], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # Here, where the reader's language is known.
        said = _("CSV, Excel (XLSX) or GeoJSON, up to %(limit)s MB. Nothing is brought in yet.")
        self.fields["file"].help_text = said % {"limit": MOST_MEGABYTES}
        choice: Any = self.fields["process"]
        choice.choices = [(slug, str(process.title)) for slug, process in processes.items()]


class ArchiveForm(forms.Form):
    """Of which process, and which kind."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    process = forms.ChoiceField(label=_("Of which process?"))
    kind = forms.ChoiceField(label=_("Which data?"), widget=forms.RadioSelect, initial=Archive.Kind.PUBLIC)

    def __init__(self, processes: Mapping[str, Process], kinds: Iterable[tuple[str, Any]], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        process: Any = self.fields["process"]
        process.choices = [(slug, str(each.title)) for slug, each in processes.items()]
        kind: Any = self.fields["kind"]
        kind.choices = list(kinds)


class MappingForm(forms.Form):
    """For each column of the file what it means; `chosen` is what is proposed."""

    def __init__(self, unit: Import, chosen: Mapping[str, str], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.unit = unit
        groups = COMMENT_GROUPS if unit.what == Import.What.COMMENTS else GROUPS
        choices = [("", _("Leave out")), *((group, list(fields)) for group, fields in groups)]
        for place, column in enumerate(unit.header):
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=column, choices=choices, required=False, initial=chosen.get(column, "")
            )

    @property
    def chosen(self) -> dict[str, str]:
        """Column -> field, as sent."""
        return {column: self.cleaned_data.get(f"column-{place}", "") for place, column in enumerate(self.unit.header)}
