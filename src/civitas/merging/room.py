"""What the merging room declares."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from civitas.dialogue.merged import mend_merge_counts, merge_miscounts
from civitas.kit.rooms import PersonalData, Quotes, Recount, Room
from civitas.merging.models import Consent, Merge, Proposal
from civitas.merging.notices import KINDS
from civitas.merging.personal import adopt_merging, erase_merging, export_merging


def _proposals(city: Any, ids: list[int]) -> Any:
    asked = Consent.objects.of(city).filter(contribution__in=ids).values("proposal")
    return Proposal.objects.of(city).filter(Q(head__in=ids) | Q(pk__in=asked))


def _consents(city: Any, ids: list[int]) -> Any:
    return Consent.objects.of(city).filter(contribution__in=ids)


def _merges(city: Any, ids: list[int]) -> Any:
    return Merge.objects.of(city).filter(Q(contribution__in=ids) | Q(head__in=ids))


ROOM = Room(
    key="merging",
    notice_kinds=KINDS,
    personal_data=PersonalData(export_merging, erase_merging, adopt_merging),
    recounts=(Recount(merge_miscounts, mend_merge_counts),),
    quotes=(Quotes(_proposals, ("reason",)), Quotes(_consents, ("words",)), Quotes(_merges, ("objection",))),
)
