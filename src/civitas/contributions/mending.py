"""What authors do to what they gave: mend it for a day, take it back; and the versions everybody may read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import get_script_prefix, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from civitas.cities.maps import map_panel
from civitas.contributions.actions import mend_contribution, withdraw_contribution
from civitas.contributions.compare import compared
from civitas.contributions.drawings import drawing_in_words, read_drawing
from civitas.contributions.forms.words import answer_fields
from civitas.contributions.models import WORDS, Contribution, Revision
from civitas.contributions.rules import may_mend, may_read, may_see, may_withdraw
from civitas.contributions.sketches import sketch_of, sketch_of_change
from civitas.contributions.waiting import why_read_again
from civitas.kit.refusals import show_refusal, take_up
from civitas.kit.templatetags.kit import localized
from civitas.kit.verdicts import Refused

if TYPE_CHECKING:
    from django.http import HttpRequest

MOST_VERSIONS = 30
# How near the map is on which one draws anew.
NEAR = "15"


class MendForm(forms.Form):
    """The words once more; `version` is the one the author had before them. A comment has no title."""

    title = forms.CharField(
        label=gettext_lazy("In one sentence"), error_messages={"required": gettext_lazy("Please give your contribution a title.")}
    )
    text = forms.CharField(
        label=gettext_lazy("Your text"),
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Please write what it is about.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def __init__(self, row: Contribution, *args: Any, **options: Any) -> None:
        options.setdefault("initial", {"version": row.version, **{name: getattr(row, name) for name in WORDS}})
        super().__init__(*args, **options)
        if row.kind == Contribution.Kind.COMMENT:
            del self.fields["title"]
        else:
            self.fields["text"].label = gettext_lazy("What is it about?")
            self.fields |= answer_fields(rows=4)
        if row.has_place and row.kind != Contribution.Kind.COMMENT:
            self.fields["drawing"] = forms.CharField(label=gettext_lazy("Drawing on the map"), widget=forms.HiddenInput, required=False)
            self.initial["drawing"] = json.dumps(row.drawing) if row.drawing else ""
        if row.drawing:
            self.fields["drops_drawing"] = forms.BooleanField(
                label=gettext_lazy("Take my drawing off the map"), help_text=gettext_lazy("The place itself stays."), required=False
            )

    def clean_drawing(self) -> dict[str, Any] | None:
        """The drawing that was sent along."""
        try:
            return read_drawing(self.cleaned_data["drawing"])
        except Refused as refusal:
            raise forms.ValidationError(str(refusal.reason)) from None

    @property
    def words(self) -> dict[str, str]:
        """What was typed, as `mend_contribution` takes it."""
        return {name: self.cleaned_data.get(name, "") for name in WORDS}

    @property
    def drawn(self) -> dict[str, Any] | Literal["kept"] | None:
        """The drawing as `mend_contribution` takes it; a form that was sent without its field leaves it as it is."""
        if self.cleaned_data.get("drops_drawing"):
            return None
        drawing: dict[str, Any] | None = self.cleaned_data.get("drawing")
        return drawing if "drawing" in self.fields and "drawing" in self.data else "kept"


def _found(request: HttpRequest, number: int | None, key: int | None) -> Contribution:
    """A contribution by its number, or a comment by its key; one that this person may not see does not exist."""
    if request.city is None:
        raise Http404
    rows = Contribution.objects.of(request.city).select_related("root", "process", "step", "author")
    row = rows.filter(number=number).first() if key is None else rows.filter(pk=key, kind=Contribution.Kind.COMMENT).first()
    if row is None:
        raise Http404
    may_read(request.actor, row).require()
    if row.root:
        may_see(request.actor, row.root).require()
    return row


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mend(request: HttpRequest, number: int | None = None, key: int | None = None) -> HttpResponse:
    """The author's text once more, for a day; the earlier wording stays readable."""
    row = _found(request, number, key)
    allowed = may_mend(request.actor, row)
    form = MendForm(row, request.POST if request.method == "POST" else None)
    if not allowed and request.method != "POST":
        allowed.require()
    if request.method == "POST" and form.is_valid():
        try:
            mended = mend_contribution(
                request.actor,
                row,
                **form.words,
                drawing=form.drawn,
                version=form.cleaned_data["version"],
            )
        except Refused as refused:
            show_refusal(form, refused)
            if refused.status == 409:
                take_up(form, row.version)
            return render(
                request,
                "contributions/mend.html",
                _mend_context(request, row, form, changed=refused.status == 409 and bool(allowed)),
                status=422 if refused.fields else refused.status,
            )
        mended.root = row.root
        waits = mended.visibility == Contribution.Visibility.WAITING
        messages.success(request, _("Saved. The team reads it first, then everybody can.") if waits else _("Your changes are saved."))
        return redirect(localized(mended.path))
    return render(request, "contributions/mend.html", _mend_context(request, row, form), status=422 if form.errors else 200)


def _mend_context(request: HttpRequest, row: Contribution, form: MendForm, *, changed: bool = False) -> dict[str, Any]:
    draws = "drawing" in form.fields
    return {
        "row": row,
        "form": form,
        "changed": changed,
        "read_again": why_read_again(request.actor, row) is not None,
        "back_url": localized(row.path),
        "map": _map(row) if draws else None,
        "drawn": _drawn_words(form) if draws else "",
    }


def _map(row: Contribution) -> dict[str, Any]:
    """The map on which an author draws anew: round the place, with its mark, for drawing alone."""
    point = reverse("contribution_point", args=[row.number])
    return map_panel(row.city, point) | {"center": f"{row.lon},{row.lat}", "zoom": NEAR, "pick": True, "draws": True}


def _drawn_words(form: MendForm) -> str:
    """The drawing that the form holds now, in words."""
    try:
        return drawing_in_words(read_drawing(str(form["drawing"].value() or "")))
    except Refused:
        return ""


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, number: int | None = None, key: int | None = None) -> HttpResponse:
    """Ask, then take back what one gave."""
    row = _found(request, number, key)
    may_withdraw(request.actor, row).require()
    if request.method != "POST":
        return render(request, "contributions/withdraw.html", {"row": row, "back_url": localized(row.path)})
    withdraw_contribution(request.actor, row)
    messages.success(request, _("It is taken back. Only you and the team still see it."))
    return redirect(localized(row.root.path) if row.root else get_script_prefix())


@login_not_required
@require_safe
def show_versions(request: HttpRequest, number: int | None = None, key: int | None = None) -> HttpResponse:
    """How a text read before, and what changed each time, the newest first."""
    row = _found(request, number, key)
    revisions = Revision.objects.of(request.city).filter(contribution=row).select_related("area")
    earlier = list(revisions.defer("area__boundary").order_by("-version")[:MOST_VERSIONS])
    changes = []
    later: Contribution | Revision = row
    for revision in earlier:
        words = {name: compared(getattr(revision, name), getattr(later, name)) for name in WORDS}
        drawing = _redrawn(revision.drawing, later.drawing)
        changes.append({"at": revision.at, "moved": _moved(revision), "drawing": drawing, **words})
        later = revision
    context = {
        "row": row,
        "changes": changes,
        "first": later,
        "first_drawing": {"words": drawing_in_words(later.drawing), "sketch": sketch_of(later.drawing)} if later.drawing else None,
        "back_url": localized(row.path),
        "name": row.title or (row.root.title if row.root else ""),
    }
    return render(request, "contributions/versions.html", context)


def _moved(revision: Revision) -> str:
    """That the team has moved it to another place, and where it lay before; '' where only words or drawing were changed."""
    if not revision.moved:
        return ""
    names = [name for name in (revision.place_name, revision.area.name if revision.area else "") if name]
    if not names:
        return _("The team has moved it to another place.")
    return _("The team has moved it to another place. Before it lay here: %(place)s.") % {"place": ", ".join(names)}


def _redrawn(before: dict[str, Any] | None, after: dict[str, Any] | None) -> dict[str, Any] | None:
    """What changed in the drawing, in a sentence and as a small picture; None where it stayed."""
    if before == after:
        return None
    words = {"before": drawing_in_words(before), "after": drawing_in_words(after)}
    if after is None:
        said = _("The drawing on the map was taken away. It was: %(before)s.") % words
    elif before is None:
        said = _("A drawing was put on the map: %(after)s.") % words
    else:
        said = _("The drawing on the map was changed. Before: %(before)s. Since then: %(after)s.") % words
    return {"said": said, "sketch": sketch_of_change(before, after)}
