"""The evidence store: what is in it, sealing, asking and granting, reading for a quarter of an hour, handing out."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civitas.contributions.models import WORDS
from civitas.kit.refusals import carry_out
from civitas.unlawful.actions.evidence import (
    READING_TIME,
    ask_access,
    grant_access,
    hand_out_evidence,
    open_evidence,
    refuse_evidence,
    seal_evidence,
)
from civitas.unlawful.archive import in_pieces
from civitas.unlawful.forms import AccessForm
from civitas.unlawful.models import Evidence
from civitas.unlawful.packing import unpacked
from civitas.unlawful.queries import A_PAGE, access_by_key, accesses_of, counted, evidence_by_key, evidence_page
from civitas.unlawful.rules import may_ask_access, may_grant, may_keep_evidence, may_read_evidence, may_seal
from civitas.unlawful.sealing import is_derived
from civitas.unlawful.views.entering import enter, found

if TYPE_CHECKING:
    from zipfile import ZipFile

    from django.http import HttpRequest

    from civitas.unlawful.models import Access

_VIEWS = {
    "proposed": (Evidence.State.PROPOSED,),
    "sealed": (Evidence.State.SEALED,),
    "gone": (Evidence.State.DELETED, Evidence.State.REFUSED),
}
_SHOWN_PICTURE = 4 * 1024 * 1024


@never_cache
@require_safe
def show_store(request: HttpRequest) -> HttpResponse:
    """What waits for its second person, what is sealed until when, and what is gone."""
    city = enter(request)
    asked = request.GET.get("ansicht", "")
    view = asked if asked in _VIEWS else "proposed"
    page = evidence_page(city, states=_VIEWS[view], cursor=request.GET.get("nach", ""))
    names = {"proposed": _("Waits for a second person"), "sealed": _("Sealed"), "gone": _("Gone")}
    address = reverse("evidence_store")
    waiting = counted(Evidence.objects.of(city).filter(state=Evidence.State.PROPOSED))
    context = {
        "tabs": [
            {"label": label, "url": f"{address}?ansicht={key}", "current": key == view, "count": waiting if key == "proposed" else None}
            for key, label in names.items()
        ],
        "view": view,
        "rows": page.rows,
        "next_url": f"?ansicht={view}&nach={page.next_cursor}" if page.next_cursor else "",
        "size": A_PAGE,
        "allowed": may_keep_evidence(request.actor),
        "derived": is_derived(),
    }
    return render(request, "unlawful/evidence_store.html", context)


def _found(request: HttpRequest, key: int) -> Evidence:
    return found(evidence_by_key(enter(request), key))


def _found_access(request: HttpRequest, key: int) -> Access:
    return found(access_by_key(enter(request), key))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_one(request: HttpRequest, key: int) -> HttpResponse:
    """One piece of evidence: who put it in and sealed it, until when, who asked for it; ask for it (POST)."""
    evidence = _found(request, key)
    form = AccessForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status, asked = carry_out(form, lambda: ask_access(request.actor, evidence, **form.cleaned_data))
        if asked is not None:
            messages.success(request, _("Noted. A second person of the team now has to grant it."))
            return redirect("evidence", key=key)
    context = {
        "evidence": evidence,
        "may_seal": may_seal(request.actor, evidence),
        "form": form if may_ask_access(request.actor, evidence) else None,
        "accesses": [
            {"row": access, "may_grant": may_grant(request.actor, access), "may_read": may_read_evidence(request.actor, access)}
            for access in accesses_of(evidence)
        ],
        "derived": is_derived(),
        "minutes": int(READING_TIME.total_seconds() // 60),
    }
    return render(request, "unlawful/evidence.html", context, status=status)


@never_cache
@require_POST
def seal(request: HttpRequest, key: int) -> HttpResponse:
    """The second person seals it."""
    seal_evidence(request.actor, _found(request, key))
    messages.success(request, _("Sealed. The text itself may now be erased for good."))
    return redirect("evidence", key=key)


@never_cache
@require_POST
def refuse(request: HttpRequest, key: int) -> HttpResponse:
    """The second person sees no ground to keep it."""
    refuse_evidence(request.actor, _found(request, key))
    messages.success(request, _("Not kept. What was secured is gone."))
    return redirect("evidence", key=key)


@never_cache
@require_POST
def grant(request: HttpRequest, key: int) -> HttpResponse:
    """The second person grants what the first asked for."""
    access = grant_access(request.actor, _found_access(request, key))
    messages.success(request, _("Granted. It stands in the record."))
    return redirect("evidence", key=access.evidence_id)


@never_cache
@require_safe
def read(request: HttpRequest, key: int) -> HttpResponse:
    """What was secured, for the two people, for a quarter of an hour."""
    access = _found_access(request, key)
    content, files = unpacked(open_evidence(request.actor, access))
    row: dict[str, Any] = content.get("contribution") or {}
    context = {
        "access": access,
        "evidence": access.evidence,
        "content": content,
        "words": [row[name] for name in WORDS if row.get(name)],
        "versions": content.get("versions", []),
        "files": [_shown(said, files) for said in content.get("files", [])],
    }
    return render(request, "unlawful/evidence_read.html", context)


def _shown(said: dict[str, Any], files: ZipFile) -> dict[str, Any]:
    """A file of the archive: a small picture as it is, anything else by its name alone."""
    is_picture = said["mime"].startswith("image/") and said["mime"] != "image/svg+xml" and bool(said["names"])
    is_small = is_picture and 0 < files.getinfo(said["names"][0]).file_size <= _SHOWN_PICTURE
    return {**said, "picture": f"data:image/webp;base64,{b64encode(files.read(said['names'][0])).decode()}" if is_small else ""}


@never_cache
@require_POST
def hand_out(request: HttpRequest, key: int) -> StreamingHttpResponse:
    """The archive as a file, for the police or the public prosecutor."""
    access = _found_access(request, key)
    archive = hand_out_evidence(request.actor, access)
    response = StreamingHttpResponse(in_pieces(archive), content_type="application/zip")
    response["Content-Length"] = archive.size
    response["Content-Encoding"] = "identity"  # packed already
    response["Content-Disposition"] = f'attachment; filename="{access.evidence.label}.zip"'
    return response
