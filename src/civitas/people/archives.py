"""The archive of all that a city keeps of somebody: asked for, packed by the worker, fetched by its owner alone, gone after three days."""

from __future__ import annotations

import datetime as dt
import json
import secrets
import shutil
import tempfile
import zipfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.files import File
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from civitas.kit.rooms import rooms
from civitas.kit.verdicts import Refused
from civitas.outbox.actions import enqueue
from civitas.people.actions import export_everything
from civitas.people.archive_words import chapters_of
from civitas.people.models import Archive, Participant
from civitas.people.rates import spend

if TYPE_CHECKING:
    from typing import IO
    from uuid import UUID

    from civitas.cities.models import City
    from civitas.people.actors import Actor

KEPT = dt.timedelta(days=3)
MAKE_ARCHIVE, ARCHIVE_FAILED = "people.make_archive", "people.archive_failed"
FILES = "dateien"  # the folder of pictures and documents within
_STYLE = Path(__file__).with_name("archive.css")


@transaction.atomic
def ask_archive(actor: Actor) -> Archive:
    """Have all that is kept of the actor packed anew; one that is being packed already is waited for, an older one goes."""
    person = actor.participant
    if person is None:
        raise Refused(_("We do not know you here yet. There is nothing to pack."), status=404)
    Participant.objects.of(actor.city).select_for_update().get(pk=person.pk)  # two windows ask once
    known = archive_of(person)
    if known is not None and known.state == Archive.State.MAKING:
        return known
    spend(actor, "archive")
    drop_archives_of(actor.city, person)
    now = timezone.now()
    made: Archive = Archive.objects.create(city=actor.city, participant=person, asked_at=now, until=now + KEPT)
    enqueue(actor.city, MAKE_ARCHIVE, {"archive": made.pk})
    return made


def archive_of(person: Participant) -> Archive | None:
    """The archive that somebody asked for last, until its time is over."""
    rows = Archive.objects.of(person.city_id).filter(participant=person, until__gt=timezone.now())
    return rows.first()


def own_archive(person: Participant, uid: UUID) -> Archive:
    """The packed archive of this person under this uid; raises Refused (404) for anybody else's, and for one that is gone."""
    found = archive_of(person)
    if found is None or found.uid != uid or found.state != Archive.State.READY:
        raise Refused(_("This archive is gone. Please have a new one packed."), status=404)
    return found


def open_archive(archive: Archive) -> IO[bytes]:
    """The bytes of a packed archive; raises Refused (404) where the storage has lost it."""
    try:
        return default_storage.open(_path(archive.city, archive.name))
    except FileNotFoundError:
        raise Refused(_("This archive is gone. Please have a new one packed."), status=404) from None


def make_archive(city: City, key: int) -> None:
    """Pack an archive that was asked for; done once, and nothing where its owner has left or asked anew meanwhile."""
    row = Archive.objects.of(city).filter(pk=key, state=Archive.State.MAKING).select_related("participant__user").first()
    if row is None:
        return
    name = secrets.token_urlsafe(24)
    with tempfile.TemporaryFile() as packed:
        row.participant.city = city
        _pack(city, row.participant, packed)
        size = packed.tell()
        packed.seek(0)
        default_storage.save(_path(city, name), File(packed))
    with transaction.atomic():
        held = Archive.objects.of(city).filter(pk=key, state=Archive.State.MAKING)
        if not held.update(state=Archive.State.READY, name=name, bytes=size):
            default_storage.delete(_path(city, name))


def fail_archive(city: City, key: int) -> None:
    """Note that an archive could not be packed."""
    Archive.objects.of(city).filter(pk=key, state=Archive.State.MAKING).update(state=Archive.State.FAILED)


def drop_archives_of(city: City, person: Participant) -> None:
    """Remove a person's archives, in a transaction with whatever asks for it."""
    _drop(city, list(Archive.objects.of(city).filter(participant=person)))


def drop_archives(city: City, *, now: dt.datetime) -> None:
    """Remove archives whose time is over."""
    while old := list(Archive.objects.of(city).filter(until__lte=now).order_by("until")[:200]):
        with transaction.atomic():
            _drop(city, old)


def _drop(city: City, rows: list[Archive]) -> None:
    Archive.objects.of(city).filter(pk__in=[row.pk for row in rows]).delete()
    for row in rows:
        if row.name:
            transaction.on_commit(partial(default_storage.delete, _path(city, row.name)))


def _path(city: City, name: str) -> str:
    return f"{city.slug}/{name[:2]}/{name}"


def _pack(city: City, person: Participant, packed: IO[bytes]) -> None:
    """The data as JSON and as a page to read, in the person's language, beside their files."""
    data = json.loads(json.dumps(export_everything(city, person), cls=DjangoJSONEncoder))
    files = [each for room in rooms() if room.personal_data and room.personal_data.files for each in room.personal_data.files(city, person)]
    with translation.override(person.language if translation.check_for_language(person.language) else "de"):
        words = {"city": city, "person": person, "at": timezone.now(), "chapters": chapters_of(data), "folder": FILES}
        page = render_to_string("people/archive.html", words | {"names": {each.name for each in files}})
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("lesen.html", page)
        archive.write(_STYLE, "stil.css")
        archive.writestr("daten.json", json.dumps(data, ensure_ascii=False, indent=2))
        for each in files:
            if default_storage.exists(each.path):
                with default_storage.open(each.path) as stored, archive.open(f"{FILES}/{each.name}", "w") as entry:
                    shutil.copyfileobj(stored, entry)
