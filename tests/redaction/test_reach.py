"""Every text column of the house is reached by a redaction, or somebody has thought about why it need not be."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models
from tests.factories import make_city

from civitas.kit.rooms import rooms

pytestmark = pytest.mark.django_db

# What `redaction.reach` handles itself.
OWN = {
    "contributions.contribution": {"title", "text", "audience", "proposal", "benefit", "place_name", "hidden_reason", "source_url"},
    "contributions.revision": {"title", "text", "audience", "proposal", "benefit", "place_name"},
    "contributions.attachment": {"alt", "transcript", "captions"},
    "media.mediafile": {"title"},
}
# Why a column need not be reached: it holds no words that a person could have copied from a contribution.
LEFT = {
    "cities": "the city's own texts, settings and places",
    "processes": "the city's own texts and settings",
    "services": "the city's own texts",
    "people": "accounts and organisations: what people say of themselves",
    "journal": "codes and ids, checked when they are written",
    "sensor.prompt": "the city's own questions",
    "outbox.outboxrow.kind payload key lease_owner": "kinds and ids",
    "outbox.ticker": "our own sentences",
    "notices.notice": "ids",
    "notices.delivery": "ids",
    "notices.digestwords": "the city's own texts",
    "notices.mailboxmail.sender recipients message_id": "addresses of the demo",
    "media.mediafile.mime": "a kind",
    "media.derivative": "a kind",
    "boards.boardpicture.alt": "what somebody sees in their own picture; the team hides or destroys both together",
    "boards.flaggedcard.text picture": "what a card said that the team hides; it is shown to nobody",
    "boards.cardflag.words": "said to the team about a card that is no contribution",
    "boards.canvasrow": "the city's own posters",
    "boards.canvasregionrow": "the city's own questions",
    "team.invitation.mail": "whom the city invites",
    "team.barrierreport.path mail": "the address of a page, and whom the team answers",
    "contributions.terms": "the city's own words",
    "contributions.statusevent.contact handed_to": "the body that it was handed to, and how to reach it",
    "answering.body": "bodies beside the city, and how to reach them",
    "answering.template": "the team's own words for many answers",
    "meeting.letter.text": "a letter is between two people, and each of them has had it",
    "interop.import": "the name of a file and of its columns, sentences about it, and names that nobody in the city knows",
    "interop.archive": "what is put together, as kinds and figures; the file itself goes after thirty days",
    "interop.importitem.before after": "ids, numbers and hashes; words stand in its other columns, or in a revision",
    "unlawful.matter.address norm": "an address made of numbers, and the name of a law",
    "unlawful.report.name mail": "who reported",
    "unlawful.evidence.norm case_number digest": "the name of a law, a file number, a checksum; the payload is sealed and no text",
    "contributions.contribution.drawing": "numbers",
    "contributions.revision.drawing": "numbers",
    "contributions.contribution.source_key": "without the id of where it came from the next file would bring it in anew",
}
SHORT = 60  # codes and kinds


def text_columns() -> set[tuple[str, str]]:
    kinds = (models.CharField, models.TextField, models.JSONField)
    house = [model for model in apps.get_models() if model.__module__.startswith("civitas.")]
    columns = [(model, field) for model in house for field in model._meta.concrete_fields if isinstance(field, kinds) and not field.choices]
    return {(model._meta.label_lower, field.name) for model, field in columns if not 0 < (field.max_length or 0) <= SHORT}


def reached() -> dict[str, set[str]]:
    city = make_city()
    found = {label: set(names) for label, names in OWN.items()}
    for quotes in (each for room in rooms() for each in room.quotes):
        found.setdefault(quotes.rows(city, [0]).model._meta.label_lower, set()).update(quotes.fields)
    return found


def is_left(label: str, name: str) -> bool:
    room, _dot, table = label.partition(".")
    for entry in LEFT:
        parts = [*entry.split("."), "", ""][:3]
        if parts[0] == room and parts[1] in {"", table} and (not parts[2] or name in parts[2].split()):
            return True
    return False


def test_every_text_column_is_reached_or_left_for_a_reason():
    known = reached()
    missing = sorted(f"{label}.{name}" for label, name in text_columns() if name not in known.get(label, ()) and not is_left(label, name))
    assert missing == [], "say in Room.quotes how a redaction reaches them, or here why it need not"


def test_what_names_columns_names_those_there_are():
    known = {f"{model._meta.label_lower}.{field.name}" for model in apps.get_models() for field in model._meta.concrete_fields}
    assert {f"{label}.{name}" for label, names in reached().items() for name in names} <= known
