"""What the merging room declares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civitas.dialogue.merged import mend_merge_counts, merge_miscounts
from civitas.kit.rooms import ContributionSection, MySection, NavItem, PersonalData, Quotes, Recount, Room
from civitas.merging.models import Consent, Merge, Proposal
from civitas.merging.notices import KINDS
from civitas.merging.personal import adopt_merging, erase_merging, export_merging
from civitas.merging.rules import holds_hidden, may_arrange
from civitas.merging.sections import render_card, render_foot, render_mine, render_question
from civitas.merging.stations import merging_stations
from civitas.merging.suggesting import look_at_new

if TYPE_CHECKING:
    from civitas.people.actors import Actor


def _arranges(actor: Actor) -> bool:
    return bool(may_arrange(actor))


def _proposals(city: Any, ids: list[int]) -> Any:
    asked = Consent.objects.of(city).filter(contribution__in=ids).values("proposal")
    return Proposal.objects.of(city).filter(Q(head__in=ids) | Q(pk__in=asked))


def _consents(city: Any, ids: list[int]) -> Any:
    return Consent.objects.of(city).filter(contribution__in=ids)


def _merges(city: Any, ids: list[int]) -> Any:
    return Merge.objects.of(city).filter(Q(contribution__in=ids) | Q(head__in=ids))


ROOM = Room(
    key="merging",
    staff_navigation=(NavItem(_("Merging"), "merging", may=_arranges, order=23, menu="contributions"),),
    notice_kinds=KINDS,
    personal_data=PersonalData(export_merging, erase_merging, adopt_merging),
    my_sections=(MySection(render_mine, order=5),),
    contribution_sections=(ContributionSection("head", render_question, order=20), ContributionSection("foot", render_foot, order=20)),
    staff_sections=(render_card,),
    holds_hidden=holds_hidden,
    on_given=(look_at_new,),
    on_published=("merging.suggest",),
    stations=merging_stations,
    recounts=(Recount(merge_miscounts, mend_merge_counts),),
    quotes=(Quotes(_proposals, ("reason",)), Quotes(_consents, ("words",)), Quotes(_merges, ("objection",))),
)
