"""The texts on the way to an answer, which may repeat words of a contribution; what is blacked out there is blacked out in them."""

from __future__ import annotations

from typing import Any

from civitas.answering.models import AnswerDraft, Batch, BatchItem, Note, Question
from civitas.kit.rooms import Quotes


def _notes(city: Any, ids: list[int]) -> Any:
    return Note.objects.of(city).filter(contribution__in=ids)


def _questions(city: Any, ids: list[int]) -> Any:
    return Question.objects.of(city).filter(contribution__in=ids)


def _drafts(city: Any, ids: list[int]) -> Any:
    return AnswerDraft.objects.of(city).filter(contribution__in=ids)


def _items(city: Any, ids: list[int]) -> Any:
    return BatchItem.objects.of(city).filter(contribution__in=ids)


def _batches(city: Any, ids: list[int]) -> Any:
    return Batch.objects.of(city).filter(pk__in=_items(city, ids).values("batch"))


QUOTES = (
    Quotes(_notes, ("text",)),
    Quotes(_questions, ("text", "reply")),
    Quotes(_drafts, ("text", "next_step", "part_of", "sent", "sent_back")),
    Quotes(_items, ("reason",)),
    Quotes(_batches, ("text", "next_step")),
)
