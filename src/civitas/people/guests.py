"""Becoming someone who takes part: on the first need, and not before."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from civitas.people.actions import change_pseudonym, make_guest, participant_of
from civitas.people.actors import Actor, remember_guest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest, HttpResponse

    from civitas.people.models import Participant


@dataclass(frozen=True)
class Visitor:
    """Who sends a form: an actor with a participant; `new_guest` is set when this request made it."""

    actor: Actor
    new_guest: Participant | None = None

    def remember(self, response: HttpResponse) -> HttpResponse:
        """Give a new guest's browser its token."""
        if self.new_guest:
            remember_guest(response, self.new_guest)
        return response


@contextmanager
def taking_part(request: HttpRequest, *, pseudonym: str = "") -> Iterator[Visitor]:
    """The request's actor with a participant, made if need be, in one transaction with what is done inside.

    A refusal inside takes a new guest away again, so that only those who gave something are kept.
    """
    known = request.actor
    with transaction.atomic():
        person, new_guest = known.participant, None
        if person is None and request.user.is_authenticated:
            person = participant_of(request.city, request.user, language=request.language)
        elif person is None:
            person = new_guest = make_guest(request.city, pseudonym=pseudonym, language=request.language)
        if pseudonym and not person.pseudonym:
            change_pseudonym(person, pseudonym)
        yield Visitor(known.by(person), new_guest)
