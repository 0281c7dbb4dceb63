"""Make several contributions of one that holds several thoughts, say that two belong together without putting them together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.contributions.actions import change_visibility, keep_new
from civitas.contributions.checks import checked_texts
from civitas.contributions.linking import link_contributions, make_links, remove_links
from civitas.contributions.models import WORDS, Contribution, Link, StatusEvent
from civitas.journal.actions import record
from civitas.kit.ids import uuid7
from civitas.kit.texts import cleaned
from civitas.kit.verdicts import Refused
from civitas.merging.models import Split, SplitPart
from civitas.merging.rules import may_arrange, may_split, may_undo_split
from civitas.notices.actions import notify
from civitas.outbox.actions import enqueue

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from civitas.people.actors import Actor
    from civitas.processes.models import Category

FEWEST_PARTS, MOST_PARTS = 2, 4
_SENTENCE_END = re.compile(r"(?<=[.!?…:;])\s+|\n+")


@dataclass(frozen=True)
class Part:
    """What becomes one of the parts: a title by the team, words of the original, its category, and whether it lies at its place."""

    title: str
    text: str
    category: Category | None = None
    has_place: bool = True


def split_contribution(actor: Actor, row: Contribution, parts: Sequence[Part], *, uid: UUID) -> Split:
    """Make a contribution of each part, by the same author and of the same day; the original stays with its comments and support.

    The same uid sent twice gives the split that is there. Raises Refused with a sentence per field ('text-1').
    """
    known: Split | None = Split.objects.of(actor.city).filter(uid=uid).first()
    if known is not None:
        return known
    may_split(actor, row).require()
    _check_parts(row, parts)
    try:
        with transaction.atomic():
            held = Contribution.objects.of(actor.city).select_for_update(of=("self",)).select_related("author", "process").get(pk=row.pk)
            may_split(actor, held).require()
            split: Split = Split.objects.create(city=actor.city, uid=uid, contribution=held, by=actor.participant, at=timezone.now())
            made = [_made_of(held, part) for part in parts]
            keep_new(actor.city, made)
            for each in made:
                StatusEvent.objects.create(city=actor.city, contribution=each, status=each.status, at=each.given_at)
                SplitPart.objects.create(city=actor.city, split=split, contribution=each)
            make_links(actor.city, [(held.pk, each.pk, Link.Kind.SPLIT_INTO) for each in made], by=actor.uid)
            details: dict[str, list[str | int | bool | None]] = {"parts": [each.pk for each in made]}
            record(actor.city, by=actor.uid, verb="contribution.split", subject=f"contribution:{held.pk}", details=details)
            enqueue(actor.city, "merging.tell_of_split", {"split": split.pk})
    except IntegrityError:  # the form sent twice, or somebody else of the team in the same instant
        known = Split.objects.of(actor.city).filter(uid=uid).first()
        if known is None:
            raise Refused(_("Somebody of the team has already split this contribution."), status=409) from None
        return known
    return split


def _check_parts(row: Contribution, parts: Sequence[Part]) -> None:
    if not FEWEST_PARTS <= len(parts) <= MOST_PARTS:
        sentence = _("Please make %(few)d to %(many)d parts.") % {"few": FEWEST_PARTS, "many": MOST_PARTS}
        raise Refused(sentence, status=400, fields={"text-1": sentence})
    original = " ".join(" ".join(getattr(row, name) for name in WORDS).split())
    fields: dict[str, str] = {}
    for index, part in enumerate(parts):
        try:
            checked_texts(part.title, part.text)
        except Refused as refused:
            fields |= {f"{name}-{index}": str(sentence) for name, sentence in refused.fields.items()}
            continue
        foreign = next((piece for piece in _SENTENCE_END.split(cleaned(part.text)) if " ".join(piece.split()) not in original), None)
        if foreign is not None:
            sentence = _("These words do not stand in the original: “%(words)s”. A part says only what its author said.")
            fields[f"text-{index}"] = sentence % {"words": foreign[:80]}
    if fields:
        raise Refused(_("Something is missing. Please look at the marked fields."), status=400, fields=fields)


def _made_of(row: Contribution, part: Part) -> Contribution:
    title, text = checked_texts(part.title, part.text)
    place = ("lat", "lon", "area_id", "place_name", "is_outside") if part.has_place else ()
    same = ("process_id", "step_id", "kind", "author_id", "organisation_id", "language", "service_id", "given_at", *place)
    return Contribution(
        city_id=row.city_id,
        uid=uuid7(),
        title=title,
        text=text,
        category=part.category,
        **{name: getattr(row, name) for name in same},
    )


def undo_split(actor: Actor, split: Split) -> None:
    """Take the parts off the site, with the reason; what people gave to them stays with them. The original is as it was."""
    may_undo_split(actor, split).require()
    with transaction.atomic():
        splits = Split.objects.of(actor.city).select_for_update(of=("self",)).select_related("contribution__author")
        held: Split = splits.get(pk=split.pk)
        may_undo_split(actor, held).require()
        made = Contribution.objects.of(actor.city).filter(pk__in=SplitPart.objects.of(actor.city).filter(split=held).values("contribution"))
        for part in made.filter(visibility=Contribution.Visibility.PUBLISHED).order_by("pk"):
            change_visibility(actor.city, part, Contribution.Visibility.HIDDEN, reason=_("The splitting was undone."))
        if held.contribution.author is not None:
            told = f"contribution:{held.contribution_id}"
            notify(actor.city, [held.contribution.author.uid], "merging.unsplit", told, f"split-{held.pk}")
        remove_links(actor.city, [(held.contribution_id, part.pk, Link.Kind.SPLIT_INTO) for part in made], by=actor.uid)
        Split.objects.of(actor.city).filter(pk=held.pk).update(undone_at=timezone.now(), undone_by=actor.participant)
        record(actor.city, by=actor.uid, verb="contribution.unsplit", subject=f"contribution:{held.contribution_id}")


def relate(actor: Actor, one: Contribution, other: Contribution) -> None:
    """Say that two contributions belong together; both pages show it. Said before, the other way round too, it changes nothing."""
    may_arrange(actor, one, other).require()
    if one.pk == other.pk:
        raise Refused(_("This is the contribution itself. Please enter the number of another one."), status=400)
    if not (one.is_listed and other.is_listed):
        raise Refused(_("Only contributions that are shown can be linked."), status=409)
    if not _related(one, other).exists():
        link_contributions(actor, one, other, Link.Kind.RELATED_TO)


def unrelate(actor: Actor, one: Contribution, other: Contribution) -> None:
    """Take back that two contributions belong together."""
    may_arrange(actor, one, other).require()
    with transaction.atomic():
        if _related(one, other).delete()[0]:
            subject = f"contribution:{one.pk}"
            record(actor.city, by=actor.uid, verb="contribution.unlinked", subject=subject, details={"target": other.pk})


def _related(one: Contribution, other: Contribution) -> QuerySet[Link]:
    ends = Q(source=one, target=other) | Q(source=other, target=one)
    return Link.objects.of(one.city_id).filter(ends, kind=Link.Kind.RELATED_TO)
