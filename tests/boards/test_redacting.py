"""What is blacked out in a contribution is gone from its cards and from the boards' logs."""

from __future__ import annotations

import pytest
from django.db import transaction
from tests.factories import make_contribution

from civitas.boards.actions import bring_contributions
from civitas.boards.models import BoardSnapshot, BoardUpdate
from civitas.boards.queries import document_of
from civitas.boards.redacting import redact_cards, renew_cards
from civitas.outbox.models import OutboxRow

pytestmark = pytest.mark.django_db


def test_a_blacked_out_number_is_on_no_card_and_in_no_log(board):
    row, other = make_contribution(board.step, "Ruft an: 040 1234567"), make_contribution(board.step, "Mehr Schatten")
    bring_contributions(board, [row, other])
    row.title = "Ruft an: ███"
    row.save()
    with transaction.atomic():
        renew_cards(board.city, [row])
    job = OutboxRow.objects.of(board.city).get(kind="boards.redact")
    redact_cards(board.city, **job.payload)
    assert sorted(card.text for card in document_of(board).cards.values()) == ["Mehr Schatten", "Ruft an: ███"]
    kept = [bytes(data) for rows in (BoardUpdate, BoardSnapshot) for data in rows.objects.of(board.city).values_list("data", flat=True)]
    assert not any(b"1234567" in data for data in kept)
    redact_cards(board.city, **job.payload)
    assert len(document_of(board).cards) == 2
