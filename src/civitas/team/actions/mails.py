"""The city's own words in the daily and weekly mail, and a test of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from civitas.kit.ids import uuid7
from civitas.kit.translated import KEYS
from civitas.kit.verdicts import Refused
from civitas.notices.trying import TEST, address_for_tests
from civitas.notices.wordings import RHYTHMS, cleaned_words, save_words
from civitas.outbox.actions import enqueue
from civitas.people.rates import spend
from civitas.team.rules import may_word_mails

if TYPE_CHECKING:
    from collections.abc import Mapping

    from civitas.notices.models import DigestWords
    from civitas.people.actors import Actor


def word_digest(actor: Actor, rhythm: str, texts: Mapping[str, Mapping[str, str]], *, version: int) -> DigestWords:
    """Keep the words of a rhythm, by name and language. Raises Refused, with 409 when somebody changed them since `version`."""
    may_word_mails(actor).require()
    _known(rhythm)
    return save_words(actor.city, rhythm, texts, version=version, by=actor.uid)


@transaction.atomic
def try_digest(actor: Actor, rhythm: str, texts: Mapping[str, Mapping[str, str]], *, language: str) -> str:
    """Send who asks a mail of these words in one language, saved or not; gives the address. Raises Refused."""
    may_word_mails(actor).require()
    _known(rhythm)
    words = cleaned_words(texts)
    to = address_for_tests(actor.city, actor.participant.uid) if actor.participant else ""
    if not to:
        raise Refused(_("We know no mail address of yours. Sign in with one, then we can send you a test."), status=409)
    spend(actor, "test_mail")
    key = KEYS.get(language, language)
    said = {name: text.get(key, "") for name, text in words.items()}
    payload = {"uid": str(uuid7()), "to": str(actor.uid), "rhythm": rhythm, "language": language, **said}
    enqueue(actor.city, TEST, payload)
    return to


def _known(rhythm: str) -> None:
    if rhythm not in RHYTHMS:
        raise Refused(_("There is no such mail."), status=404)
