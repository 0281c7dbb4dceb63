"""What a process tells: news, dates and documents, put there and taken away by who steers it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.journal.actions import record
from civitas.kit.texts import slugified
from civitas.kit.verdicts import Refused
from civitas.media.actions import drop_file, set_public, settle_files
from civitas.processes.followers import tell_later
from civitas.processes.models import Document, Event, News, Process
from civitas.processes.removing import take_away
from civitas.processes.rules import may_steer

if TYPE_CHECKING:
    import datetime as dt

    from civitas.cities.models import City, Place
    from civitas.kit.translated import Translated
    from civitas.media.models import MediaFile
    from civitas.people.actors import Actor
    from civitas.processes.models import Removed

Told = TypeVar("Told", News, Event, Document)
_VERBS = {News: "news", Event: "event", Document: "document"}


@transaction.atomic
def put_news(
    actor: Actor,
    process: Process,
    *,
    title: Translated,
    body: Translated,
    published_at: dt.datetime | None = None,
    row: News | None = None,
    version: int = 1,
) -> News:
    """Tell something new, or word it anew (`row`). Without a moment it is told now; a later one waits. Sent twice, it stands once."""
    held = _held(actor, process, row, version)
    if held is None:
        again = next(
            (each for each in News.objects.of(actor.city).filter(process=process) if (each.title, each.body) == (title, body)), None
        )
        if again is not None:
            return again
    moment = published_at or (held.published_at if held else timezone.now())
    is_due = held is None or held.published_at != moment
    written = _write(actor, process, held, News, title=title, values={"body": body, "published_at": moment})
    if is_due:
        tell_later(actor.city, process, f"news-{written.pk}", at=moment)
    return written


@transaction.atomic
def put_event(
    actor: Actor,
    process: Process,
    *,
    title: Translated,
    description: Translated,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    place: Place | None = None,
    where: str = "",
    url: str = "",
    row: Event | None = None,
    version: int = 1,
) -> Event:
    """Put a date there, or change it. Calendars that have it keep it as the same one. Raises Refused where it ends before it begins."""
    if ends_at <= starts_at:
        raise _refused("ends_at", _("The date must end after it begins."))
    if place is not None and place.city_id != actor.city.pk:
        raise Refused(_("We cannot find this in this city."), status=404)
    held = _held(actor, process, row, version)
    if held is None:
        rows = Event.objects.of(actor.city).filter(process=process, starts_at=starts_at)
        again = next((each for each in rows if each.title == title), None)
        if again is not None:
            return again
    values = {"description": description, "starts_at": starts_at, "ends_at": ends_at, "place": place, "where": where, "url": url}
    before = held and (held.starts_at, held.ends_at, held.place_id, held.where)
    written = _write(actor, process, held, Event, title=title, values=values)
    if before is None:
        tell_later(actor.city, process, f"date-{written.pk}")
    elif before != (starts_at, ends_at, written.place_id, where):
        tell_later(actor.city, process, f"moved-{written.pk}-{written.version}")
    return written


@transaction.atomic
def put_document(
    actor: Actor,
    process: Process,
    *,
    title: Translated,
    url: str = "",
    file: MediaFile | None = None,
    row: Document | None = None,
    version: int = 1,
) -> Document:
    """Put a document there, by its address or as an upload that waits for it, or change it. Two of one name are refused (409)."""
    held = _held(actor, process, row, version)
    if file is not None and file.city_id != actor.city.pk:
        raise Refused(_("We cannot find this in this city."), status=404)
    kept = file or (held.file if held else None)
    if bool(url) == bool(kept):
        raise _refused("url", _("Please give either an address or a file.") if url else _("Please choose a file or give an address."))
    others = Document.objects.of(actor.city).filter(process=process).exclude(pk=held.pk if held else None)
    if any(each.title.in_language("de") == title.in_language("de") for each in others):
        raise _refused("title", _("Another document already has this name. Please say how they differ."), status=409)
    old = held.file if held and kept != held.file else None
    if file is not None:
        settle_files(actor.city, [file], None)  # it is the city's, whoever uploaded it
        set_public(actor.city, [file.pk], public=process.state != Process.State.DRAFT)
    position = held.position if held else others.count()
    document = _write(actor, process, held, Document, title=title, values={"url": url, "file": kept, "position": position})
    if old is not None:
        drop_file(old)
    return document


@transaction.atomic
def remove_told(actor: Actor, process: Process, row: News | Event | Document, *, version: int) -> Removed | None:
    """Take news, a date or a document away; for some weeks it can come back (`removing.bring_back`). A second time changes nothing.

    Raises Refused (409) when somebody changed it since `version`.
    """
    may_steer(actor, process).require()
    Process.objects.of(actor.city).select_for_update(of=("self",)).get(pk=process.pk)  # one after the other
    held = told_of(actor.city, process, type(row)).filter(pk=row.pk).first()
    return take_away(actor, process, held, version=version) if held else None


def told_of(city: City, process: Process, model: Any) -> Any:
    """All news, dates or documents of a process, each with its place or file."""
    joined = {Event: ("place",), Document: ("file",)}.get(model, ())
    return model.objects.of(city).filter(process=process).select_related(*joined)


def show_files(city: City, process: Process) -> None:
    """The files of a process's documents are for everybody from now on; in that transaction."""
    set_public(city, Document.objects.of(city).filter(process=process, file__isnull=False).values_list("file", flat=True), public=True)


def _held(actor: Actor, process: Process, row: Told | None, version: int) -> Told | None:
    """The row as it stands now; Refused (409) when someone changed it since `version`."""
    may_steer(actor, process).require()
    Process.objects.of(actor.city).select_for_update(of=("self",)).get(pk=process.pk)  # one after the other
    if row is None:
        return None
    held: Told | None = told_of(actor.city, process, type(row)).filter(pk=row.pk).first()
    if held is None:
        raise Refused(_("Someone else has taken this away meanwhile. What you typed is kept."), status=409)
    if held.version != version:
        raise Refused(_("Someone else changed this meanwhile. Please compare and save yours again; it is kept."), status=409)
    return held


def _write(actor: Actor, process: Process, held: Told | None, model: type[Told], *, title: Translated, values: dict[str, Any]) -> Told:
    kind = _VERBS[model]
    if held is None:
        key = _free_key(actor.city, process, model, title)
        row: Told = model.objects.create(city=actor.city, process=process, key=key, title=title, **values)
        record(actor.city, by=actor.uid, verb=f"{kind}.added", subject=f"process:{process.pk}", details={kind: row.pk})
        return row
    held.title, held.version = title, held.version + 1
    for name, value in values.items():
        setattr(held, name, value)
    held.save()
    record(actor.city, by=actor.uid, verb=f"{kind}.set", subject=f"process:{process.pk}", details={kind: held.pk})
    return held


def _free_key(city: City, process: Process, model: type[News | Event | Document], title: Translated) -> str:
    stem = slugified(title.in_language("de"), longest=60) or _VERBS[model]
    taken = set(model.objects.of(city).filter(process=process, key__startswith=stem).values_list("key", flat=True)) | {"neu"}
    return next(key for number in range(1, len(taken) + 2) if (key := stem if number == 1 else f"{stem}-{number}") not in taken)


def _refused(field: str, sentence: str, *, status: int = 400) -> Refused:
    return Refused(sentence, status=status, fields={field: sentence})
