"""A telephone number put wherever it can get, and looked for in every row of the database."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection, models
from django.utils import timezone
from PIL import Image, ImageDraw
from tests.factories import make_city, make_comment, make_contribution, make_event, make_participant, make_process, make_staff, make_step

from civitas.answering.models import Note
from civitas.cities.walls import across_cities
from civitas.contributions.actions import mend_contribution
from civitas.contributions.attachments import Shown, attach_files
from civitas.contributions.models import Contribution, Draft
from civitas.contributions.words import index_words
from civitas.dialogue.quotes import quotation_of
from civitas.kit.ids import uuid7
from civitas.media.actions import keep_file
from civitas.media.models import MediaFile
from civitas.meeting.models import Joining
from civitas.moderation.actions import flag_contribution
from civitas.moderation.cases import take_up
from civitas.moderation.models import Decision
from civitas.notices.models import MailboxMail
from civitas.outbox.models import OutboxRow
from civitas.people.actors import actor_of
from civitas.sensor.models import SavedSearch
from civitas.team.models import ShiftNote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.people.actors import Actor
    from civitas.people.models import Participant

NUMBER = "0171 7654321"
# However it is written.
FORMS = ("0171 7654321", "01717654321", "0171-7654321", "7654321", "0171%207654321", "0171+7654321")


@dataclass
class Town:
    """A city with a contribution that holds the number everywhere, its author and a moderator."""

    row: Contribution
    author: Participant
    moderator: Actor

    @property
    def city(self) -> Any:
        return self.row.city


def photo() -> bytes:
    """A white photo with a red square at (40..60 %, 40..60 %)."""
    picture = Image.new("RGB", (1000, 800), "white")
    ImageDraw.Draw(picture).rectangle((400, 320, 600, 480), fill="red")
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


def make_town(slug: str = "") -> Town:
    """The number in words, versions, quotations, drafts, searches, mails, flags, answers, the index, and the words of files."""
    city = make_city(slug)
    step = make_step(make_process(city))
    author, reader = make_participant(city, "Alice"), make_participant(city, "Bob")
    moderator = actor_of(make_staff(city, "moderator", "Mona"))
    row = make_contribution(
        step,
        f"Rufen Sie {NUMBER} an",
        author=author,
        text=f"Meine Nummer ist {NUMBER}.\nAbends bin ich da.",
        audience=f"Alle, die {NUMBER} wählen",
        proposal="Schreiben Sie an alice@example.org.",
        benefit="Ruhe unter 0171-7654321",
        place_name=f"Bei Alice, {NUMBER}",
        with_picture=1,
    )
    row = mend_contribution(
        actor_of(author), row, title=row.title, text=row.text + " Auch morgens.", audience=row.audience, proposal=row.proposal,
        benefit=row.benefit, version=row.version,
    )  # fmt: skip
    make_comment(row, quotation_of(row.text) + "Ich rufe an!", author=reader)
    make_comment(row, "Ist 01717654321 noch richtig?", author=reader)
    make_event(row, text=f"Wir rufen unter {NUMBER} an.", next_step=f"Anruf bei {NUMBER}")
    Draft.objects.create(city=city, participant=author, step=step, typed={"title": "Noch eine", "text": f"Wieder {NUMBER}"})
    SavedSearch.objects.create(city=city, participant=reader, name=NUMBER, asked="q=0171+7654321", words=NUMBER)
    SavedSearch.objects.create(city=city, participant=reader, name="Bänke", asked="q=Bank", words="Bank")
    OutboxRow.objects.create(city=city, kind="x", run_at=timezone.now() + dt.timedelta(days=9), last_error=f"Fault: {NUMBER}")
    Joining.objects.create(city=city, contribution=row, participant=reader, role="join", words=f"Ich melde mich unter {NUMBER}")
    flag = flag_contribution(actor_of(reader), row, uid=uuid7(), reason="personal", words=f"Da steht {NUMBER}")
    Decision.objects.create(
        city=city, case=flag.case, contribution=row, verb="ask", was_why="flagged", at=timezone.now(),
        text=f"Wir nehmen {NUMBER} heraus.", was_reason=f"nennt {NUMBER}", reply=f"Ja, {NUMBER} darf weg.",
    )  # fmt: skip
    Note.objects.create(city=city, contribution=row, author=moderator.participant, text=f"Rückruf: {NUMBER}")
    ShiftNote.objects.create(city=city, uid=uuid7(), by=moderator.participant, text=f"Bei {NUMBER} anrufen")
    take_up(city, list(Contribution.objects.of(city).filter(pk=row.pk).select_related("author", "process", "step", "root")))
    html = f"<p>0171&nbsp;7654321 {row.path}</p>"
    subject = f"Neu: Rufen Sie {NUMBER} an"
    MailboxMail.objects.create(sender="a", recipients="b", subject=subject, text=f"{row.path} {NUMBER}", html=html)
    upload = photo()
    file = keep_file(actor_of(author), io.BytesIO(upload), size=len(upload))
    MediaFile.objects.of(city).filter(pk=file.pk).update(title=f"Foto {NUMBER}")
    transcript, captions = f"Ich sage: {NUMBER}", f"WEBVTT\n\n00:00.000 --> 00:02.000\n{NUMBER}"
    attach_files(city, row, [Shown(file, alt=f"Ein Zettel mit {NUMBER}", transcript=transcript, captions=captions)], author)
    index_words(city, [row])
    return Town(row, author, moderator)


def found_in_rows(*needles: str) -> list[str]:
    """Where one of these stands: 'table.column' of every table of the house, the search index too."""
    found = []
    with across_cities("a test looks at every row there is"):
        for model in apps.get_models():
            columns = [field.attname for field in model._meta.concrete_fields if _holds_text(field)]
            for values in model._base_manager.values_list(*columns) if columns else ():
                found += [f"{model._meta.db_table}.{name}" for name, value in zip(columns, values, strict=True) if _has(value, needles)]
        found += [f"index: {word}" for word in index_words_kept() if _has(word, needles)]
    return sorted(set(found))


def index_words_kept() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM contributions_words")
        yield from (str(words) for (words,) in cursor.fetchall())
        if connection.vendor == "sqlite":
            cursor.execute("SELECT word FROM contributions_vocabulary")
            yield from (str(word) for (word,) in cursor.fetchall())


def _holds_text(field: models.Field[Any, Any]) -> bool:
    return isinstance(field, (models.CharField, models.TextField, models.JSONField))


def _has(value: object, needles: tuple[str, ...]) -> bool:
    return any(needle.casefold() in str(value).casefold() for needle in needles)
