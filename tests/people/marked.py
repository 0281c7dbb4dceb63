"""Somebody who went through every room and left marks wherever one can, and the search for these marks in all rows there are."""

from __future__ import annotations

import datetime as dt
import io
import json
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from tests.factories import (
    make_area,
    make_browser,
    make_city,
    make_comment,
    make_contribution,
    make_event,
    make_participant,
    make_process,
    make_staff,
    make_step,
)  # fmt: skip
from tests.media.samples import jpeg, pdf
from tests.redaction.places import index_words_kept

from civitas.boards.actions import open_board, put_on_board, take_seat, write
from civitas.boards.card_flags import flag_card
from civitas.boards.documents import change_document, new_document
from civitas.boards.models import BoardUpdate
from civitas.boards.pictures import keep_board_picture
from civitas.boards.queries import document_of
from civitas.boards.things import Card, Group, Line, Stroke
from civitas.cities.walls import across_cities
from civitas.contributions.actions import mend_contribution, submit_contribution, withdraw_contribution
from civitas.contributions.attachments import Shown
from civitas.contributions.drafts import keep_draft
from civitas.contributions.models import Contribution
from civitas.coproduction.actions.beginning import begin_concept
from civitas.coproduction.actions.people import ask_to_write, decide_on_member
from civitas.coproduction.actions.writing import write_section
from civitas.coproduction.queries import member_of
from civitas.dialogue.actions import add_comment, follow, support
from civitas.dialogue.quotes import quotation_of
from civitas.kit.ids import uuid7
from civitas.kit.rooms import rooms
from civitas.media.actions import keep_file
from civitas.meeting.actions import join
from civitas.meeting.letters import block, write_letter
from civitas.moderation.actions import flag_contribution
from civitas.moderation.models import Appeal, Case, Decision, SavedView
from civitas.notices.models import MailboxMail
from civitas.people.actions import choose_news
from civitas.people.actors import Actor, actor_of
from civitas.people.archives import ask_archive
from civitas.people.devices import note_device
from civitas.people.identities import link_identity
from civitas.people.models import Membership, Participant, Passkey, User
from civitas.people.oidc import Said
from civitas.sensor.models import SavedSearch
from civitas.team.actions.barriers import report_barrier
from civitas.team.models import ShiftNote
from civitas.unlawful.actions.reports import report_unlawful

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from civitas.boards.models import Board
    from civitas.boards.things import Things
    from civitas.cities.models import City

# Whose they are: in the mail address, in names, in what a camera or an office program writes into files.
PERSON = "Quendelkraut"
# In what the city was given: stays or goes, as the person wants.
TEXTS = "Zimtschnecke"
# In what was said to the team, to one other person, or kept for oneself: goes in any case.
OWN = "Hagebutte"
# In a section that others wrote on, too: stays in any case.
SHARED = "Wacholder"
_numbers = count(1_000)


@dataclass
class Marked:
    """The city, and who left the marks in it."""

    city: City
    person: Participant

    @property
    def actor(self) -> Actor:
        return actor_of(Participant.objects.of(self.city).select_related("user", "city").get(pk=self.person.pk))


def make_marked(slug: str = "hamburg") -> Marked:
    """See the module; what waits in the outbox has not run yet."""
    city = make_city(slug)
    make_area(city)
    person = make_participant(city, PERSON, user=User.objects.create_user(f"{PERSON}@example.org".lower(), f"{PERSON} 1234"))
    Membership.objects.create(city=city, participant=person, role="moderator")
    marked = Marked(city, person)
    bob, mona = make_participant(city, "Bob"), actor_of(make_staff(city, "administrator", "Mona"))
    step = make_step(make_process(city))
    _open_doors(marked)
    given = _give(marked, step)
    _talk(marked, given, bob)
    _meet(marked, make_contribution(step, "Ein Brunnen", author=bob), bob)
    _tell_the_team(marked, given, make_contribution(step, "Eine Bank", author=bob), mona)
    _write_along(marked, bob)
    _sit_at_boards(marked, make_step(step.process, method="canvas", settings={"canvas": "concept"}), bob)
    report_barrier(marked.actor, uid=uuid7(), text=f"Es fehlt {OWN}", mail=str(person.user))
    ask_archive(marked.actor)
    MailboxMail.objects.create(
        sender="hamburg@example.org", recipients=str(person.user), subject=f"Danke, {PERSON}", text=f"Danke für {TEXTS}",
    )  # fmt: skip
    return marked


def _open_doors(marked: Marked) -> None:
    """A password, a second step, a passkey, the city's sign-in service, two browsers, one of them on its way in; what they want to hear."""
    from allauth.account.models import EmailAddress
    from allauth.mfa.models import Authenticator

    city, user = marked.city, marked.person.user
    assert user is not None
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    Authenticator.objects.create(user=user, type="totp", data={"secret": PERSON})
    host, name = f"{city.slug}.localhost", f"Handy von {PERSON}"
    Passkey.objects.create(user=user, host=host, name=name, credential="x", data=PERSON, made_at=timezone.now())
    browser = make_browser(city, marked.person)
    session = browser.session
    session["oidc_goodbye"] = {"name": "BundID", "client": "civitas", "address": "https://id.example/out", "token": PERSON}
    session["account_authentication_methods"] = [{"method": "code", "at": 1, "email": user.email}]
    session.save()
    note_device(city, user, uids=[], agent="Firefox", session_key=session.session_key or "", way="service", came_before=False)
    link_identity(city, user, Said("https://id.example", PERSON, f"{PERSON}@id.example"), name="BundID")
    waiting = SessionStore()
    waiting["account_login_code"] = {"user_id": str(user.pk), "email": user.email}
    waiting.save()
    choose_news(city, marked.person, {"dialogue.commented": "weekly", "contribution.received": "none"})


def _give(marked: Marked, step: Any) -> Contribution:
    actor, person = marked.actor, marked.person
    photo = keep_file(actor, io.BytesIO(_photo()), size=len(_photo()), loose=True)
    paper = pdf(author=PERSON)
    document = keep_file(actor, io.BytesIO(paper), size=len(paper), title=f"{TEXTS}.pdf", loose=True)
    files = [Shown(photo, alt=f"Foto: {TEXTS}"), Shown(document)]
    row = submit_contribution(
        actor, step, uid=uuid7(), kind="idea", title=f"Mehr {TEXTS}", text=f"Im Text steht {TEXTS}.", audience=TEXTS, proposal=TEXTS,
        benefit=TEXTS, lat=53.55, lon=10.0, place_name=f"Am {TEXTS}", files=files,
    )  # fmt: skip
    row = _fresh(row)
    row = mend_contribution(
        actor, row, title=row.title, text=f"Neu: {TEXTS}", audience=TEXTS, proposal=TEXTS, benefit=TEXTS, version=row.version
    )
    taken_back = submit_contribution(actor, step, uid=uuid7(), kind="idea", title=f"Doch nicht {OWN}", text=f"Zurück: {OWN}")
    withdraw_contribution(actor, _fresh(taken_back))
    keep_draft(actor, step, uid=uuid7(), typed={"title": OWN, "text": f"Noch ein {OWN}"})
    lost = keep_file(actor, io.BytesIO(paper), size=len(paper), title=f"{OWN}.pdf")
    type(lost).objects.of(marked.city).filter(pk=lost.pk).update(loose_until=timezone.now() + dt.timedelta(days=1), owner=person)
    SavedSearch.objects.create(city=marked.city, participant=person, name=OWN, asked=f"q={OWN}", words=OWN)
    return _fresh(row)


def _fresh(row: Contribution) -> Contribution:
    found: Contribution = Contribution.objects.of(row.city_id).select_related("process", "step", "author", "root", "parent").get(pk=row.pk)
    return found


def _photo() -> bytes:
    return jpeg(400, 300, comment=PERSON.encode())


def _talk(marked: Marked, given: Contribution, bob: Participant) -> None:
    actor = marked.actor
    said = add_comment(actor, given, uid=uuid7(), text=f"Ich meine {TEXTS}.")
    answer = add_comment(actor_of(bob), given, uid=uuid7(), text=quotation_of(said.text) + "Das sehe ich auch so.", parent=_fresh(said))
    answer = _fresh(answer)
    mend_contribution(actor_of(bob), answer, title="", text=answer.text + " Ja.", version=answer.version)
    other = make_contribution(given.step, "Ein Baum", author=bob)
    support(actor, other)
    follow(actor, other)
    make_comment(other, f"Auch hier {TEXTS}.", author=marked.person)
    make_event(given, person=marked.person)


def _meet(marked: Marked, row: Contribution, bob: Participant) -> None:
    join(marked.actor, row, role="help", words=f"Ich helfe mit {OWN}")
    write_letter(marked.actor, row, bob, uid=uuid7(), text=f"Im Brief steht {OWN}")
    block(marked.actor, bob)


def _tell_the_team(marked: Marked, given: Contribution, other: Contribution, mona: Actor) -> None:
    city, person = marked.city, marked.person
    flag_contribution(marked.actor, other, uid=uuid7(), reason="personal", words=f"Gemeldet: {OWN}")
    case = Case.objects.of(city).first()
    decision = Decision.objects.create(
        city=city, case=case, contribution=given, verb="ask", was_why="flagged", at=timezone.now(), by=mona.participant,
        text=f"Was heißt {TEXTS}?", reply=f"Es heißt {OWN}",
    )  # fmt: skip
    Appeal.objects.create(city=city, decision=decision, case=case, side="author", participant=person, words=f"Einspruch: {OWN}")
    SavedView.objects.create(city=city, participant=person, name=OWN, query=OWN)
    ShiftNote.objects.create(city=city, uid=uuid7(), by=person, text=f"Notiz: {OWN}")
    report_unlawful(
        marked.actor, uid=uuid7(), addresses=f"http://{city.slug}.localhost{other.path}", ground="insult", explanation=f"Wegen {OWN}",
        name=PERSON, mail=str(person.user), in_good_faith=True,
    )  # fmt: skip


def _write_along(marked: Marked, bob: Participant) -> None:
    """A concept of their own, and a section of somebody else's."""
    alone = begin_concept(marked.actor, uid=uuid7(), title=f"Konzept {TEXTS}", text=f"Allein: {TEXTS}")
    write_section(marked.actor, alone, member_of(marked.actor, alone), "need", text=f"Bedarf: {TEXTS}", version=0)
    shared = begin_concept(actor_of(bob), uid=uuid7(), title="Bobs Konzept", text="Zu zweit.")
    member = ask_to_write(marked.actor, _fresh(shared.contribution), words=f"Ich kann {OWN}")
    decide_on_member(actor_of(bob), shared, member.pk, state="in")
    write_section(marked.actor, shared, member_of(marked.actor, shared), "need", text=f"Zusammen: {SHARED}", version=0)


def _sit_at_boards(marked: Marked, step: Any, bob: Participant) -> None:
    board: Board = open_board(step)
    seat = take_seat(marked.actor, board, nickname=f"{PERSON} hier")
    other = take_seat(actor_of(bob), board)
    picture = keep_board_picture(marked.actor, board, seat, io.BytesIO(_photo()), size=len(_photo()), alt=f"Bild: {TEXTS}")
    card = Card("cardmarked01", by=seat.alias, text=f"Karte: {TEXTS}", picture=picture.file.name)
    write(marked.actor, board, lambda _there: [card])

    def wish(_there: Things) -> list[Any]:
        return [
            Card("cardofbob001", by=other.alias, text="Bobs Karte"), Group("groupmarked1", by=seat.alias, title=TEXTS),
            Line("linemarked01", by=seat.alias, start="cardmarked01", end="cardofbob001", label=TEXTS),
            Stroke("strokemarked", by=seat.alias, points="1,1 2,2"),
        ]  # fmt: skip

    put_on_board(board, wish)
    flag_card(marked.actor, board, document_of(board).cards["cardofbob001"], {other.alias: other}, uid=uuid7(), reason="rules", words=OWN)
    drawer = change_document(new_document(client=77), [Card("cardinside01", by=seat.alias, text=f"Im Fach: {OWN}")])
    board.refresh_from_db()
    BoardUpdate.objects.create(city=marked.city, board=board, drawer=seat, author=seat, sequence=board.sequence + 1, data=drawer)
    type(board).objects.of(marked.city).filter(pk=board.pk).update(sequence=board.sequence + 1)


def point_at(person: Participant) -> None:
    """Have a row in each column of the house that can name somebody name this person: by key, or by uid."""
    with across_cities("a test fills every table there is"):
        for model, field in columns_of_people():
            value = person.uid if isinstance(field, models.UUIDField) else person
            if model._base_manager.filter(**{field.name: value}).exists():
                continue
            some_row(model, person.city)
            if not _hand_one(model, field.name, value):  # two columns of a row never name the same person
                some_row(model, person.city, besides=list(model._base_manager.all()))
            assert _hand_one(model, field.name, value), f"no row of {model._meta.label} takes a person as {field.name}"


def _hand_one(model: type[models.Model], name: str, value: object) -> bool:
    for key in model._base_manager.order_by("-pk").values_list("pk", flat=True):
        try:
            with transaction.atomic():
                model._base_manager.filter(pk=key).update(**{name: value})
        except IntegrityError:
            continue
        return True
    return False


def columns_of_people() -> Iterator[tuple[type[models.Model], models.Field[Any, Any]]]:
    """Every column that names a participant."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            by_uid = isinstance(field, models.UUIDField) and field.name in {"recipient", "person", "by"}
            if by_uid or (field.is_relation and field.related_model is Participant):
                yield model, field


def some_row(model: type[models.Model], city: City, *, besides: Sequence[models.Model] = ()) -> models.Model:
    """A row of this table: one that is there, or the plainest there can be."""
    found = model._base_manager.exclude(pk__in=[row.pk for row in besides]).order_by("pk").first()
    if found is not None:
        return found
    values: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if field.primary_key or field.generated or field.has_default() or field.null or getattr(field, "auto_now_add", False):
            continue
        if field.is_relation:
            taken = [value for value in values.values() if isinstance(value, field.related_model)]  # the two ends of something are two
            values[field.name] = city if field.name == "city" else some_row(field.related_model, city, besides=taken)
        elif isinstance(field, models.DateTimeField):
            values[field.name] = timezone.now()
        elif isinstance(field, models.DateField):
            values[field.name] = timezone.localdate()
        elif isinstance(field, models.UUIDField):
            values[field.name] = uuid7()
        elif isinstance(field, models.BinaryField):
            values[field.name] = b""
        elif isinstance(field, (models.IntegerField, models.DecimalField, models.FloatField)):
            values[field.name] = next(_numbers) if field.name == "number" else 1
        elif field.choices:
            values[field.name] = field.choices[0][0]
        elif isinstance(field, models.CharField):
            values[field.name] = "x"
    return model._base_manager.create(**values)


def rooms_without(person: Participant) -> list[str]:
    """The rooms that say they keep something of people, and keep nothing of this one."""
    there = set()
    with across_cities("a test looks at every row there is"):
        for model, field in columns_of_people():
            value = person.uid if isinstance(field, models.UUIDField) else person
            if model._base_manager.filter(**{field.name: value}).exists():
                there.add(model._meta.app_label)
        if Participant._base_manager.filter(pk=person.pk, erased_at=None).exists():
            there.add("people")
    return sorted({room.key for room in rooms() if room.personal_data} - there)


def still_named(person: Participant) -> list[str]:
    """The columns that still name this person."""
    with across_cities("a test looks at every row there is"):
        found = [
            f"{model._meta.label_lower}.{field.name}"
            for model, field in columns_of_people()
            if model._base_manager.filter(**{field.name: person.uid if isinstance(field, models.UUIDField) else person}).exists()
        ]
    return sorted(found)


def places_of(mark: str) -> set[str]:
    """'table.column' of every row, of whatever kind, in which a mark stands; sessions are unpacked, the index of the search is one."""
    found = set()
    with across_cities("a test looks at every row there is"):
        for model in apps.get_models():
            names = [field.attname for field in model._meta.concrete_fields if not field.is_relation]
            for values in model._base_manager.order_by().values_list(*names):
                found |= {f"{model._meta.label_lower}.{name}" for name, value in zip(names, values, strict=True) if _holds(value, mark)}
        for session in Session.objects.order_by("pk"):
            found |= {"sessions.session"} if _holds(session.get_decoded(), mark) else set()
        found |= {"index" for words in index_words_kept() if _holds(words, mark)}
    return found


def _holds(value: object, mark: str) -> bool:
    if isinstance(value, (bytes, bytearray, memoryview)):
        said = bytes(value).decode("utf-8", "ignore")
    elif isinstance(value, (dict, list)):
        said = json.dumps(value, ensure_ascii=False, default=str)
    else:
        said = str(value)
    return mark.casefold() in said.casefold()
