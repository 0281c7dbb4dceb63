"""Black out what is private, in every place, for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from civitas.contributions.models import Contribution
from civitas.journal.actions import record
from civitas.kit.personal import joined
from civitas.kit.verdicts import Refused
from civitas.media.redacting import can_black_out, replace_versions, with_black_areas
from civitas.notices.actions import notify
from civitas.redaction.models import Redaction
from civitas.redaction.reach import reach_of
from civitas.redaction.rules import may_redact
from civitas.redaction.scrubbing import scrub_later
from civitas.redaction.texts import attachments_of, further_texts, texts_of, versions_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from civitas.cities.models import City
    from civitas.kit.personal import Span
    from civitas.media.redacting import Area
    from civitas.people.actors import Actor
    from civitas.people.models import Participant


def redact_contribution(
    actor: Actor,
    contribution: Contribution,
    *,
    reason: str,
    version: int,
    read: Mapping[str, int] | None = None,
    spans: Mapping[str, Sequence[Span]] | None = None,
    earlier: Sequence[str] = (),
    areas: Mapping[int, Sequence[Area]] | None = None,
) -> Redaction:
    """Take spans out of texts (by their names, see `texts_of`) and areas out of pictures (by the files' ids), wherever they stand.

    `earlier` are passages that stand only in earlier wordings of a text that a room keeps.
    It cannot be undone. The author hears of it; on record are counts and names of fields. Raises Refused: 409 when the contribution
    was changed since `version`, or one of the texts that rooms keep of it since the version `read` of it.
    """
    may_redact(actor, contribution).require()
    if reason not in Redaction.Reason.values:
        raise Refused(_("Please choose why."), status=400, fields={"reason": _("Please choose why.")})
    attachments = attachments_of(contribution)
    wanted = {pk: found for pk, each in (areas or {}).items() if (found := [area for one in each if (area := one.within())])}
    texts = {each.name: each for each in texts_of(contribution, attachments)}
    marked = {name: passages for name, each in (spans or {}).items() if name in texts and (passages := joined(each, len(texts[name].text)))}
    if not wanted and not marked and not earlier:
        raise Refused(_("Nothing is marked yet. Please mark what should be blacked out."), status=400)
    # Decoded before anything is locked.
    files = {each.file_id: each.file for each in attachments}
    pictures = [(files[pk], with_black_areas(files[pk], each)) for pk, each in wanted.items() if pk in files and can_black_out(files[pk])]
    if len(pictures) != len(wanted):
        raise Refused(_("This file is gone meanwhile."), status=409)
    with transaction.atomic():
        further_texts(contribution, hold=True)  # who writes these holds them before the contribution
        rows = Contribution.objects.of(actor.city).select_for_update(of=("self",)).select_related("author", "root")
        row = rows.get(pk=contribution.pk)
        now = texts_of(row, attachments_of(row))
        if row.version != version or (read is not None and versions_of(now) != read):
            raise Refused(_("This text was changed meanwhile. Please look at it again; what you marked is kept."), status=409)
        may_redact(actor, row).require()
        reach = reach_of(actor.city, row, now, marked, earlier=earlier)
        reach.write()
        for file, versions in pictures:
            replace_versions(file, versions)
        count = sum(map(len, wanted.values()))
        redaction: Redaction = Redaction.objects.create(
            city=actor.city, contribution=row, person=actor.participant, reason=reason,
            passages=reach.passages, areas=count, elsewhere=reach.elsewhere,
        )  # fmt: skip
        details: dict[str, str | int | bool | list[str | int | bool | None] | None] = {
            "reason": reason,
            "fields": [*reach.fields, *(["files"] if wanted else [])],
            "passages": reach.passages,
            "areas": count,
            "elsewhere": reach.elsewhere,
        }
        record(actor.city, by=actor.uid, verb="contribution.redacted", subject=f"contribution:{row.pk}", details=details)
        if row.author and (actor.participant is None or row.author_id != actor.participant.pk):
            notify(actor.city, [row.author.uid], "contribution.redacted", f"contribution:{row.pk}", f"redacted-{redaction.pk}")
        scrub_later(actor.city)
    return redaction


def export_redactions(city: City, participant: Participant) -> dict[str, Any]:
    """What somebody of the team blacked out: when and how much."""
    rows = Redaction.objects.of(city).filter(person=participant).order_by("pk")
    return {"redactions": list(rows.values("contribution__number", "at", "reason", "passages", "areas"))}


def erase_redactions(city: City, participant: Participant) -> None:
    """Make nameless what somebody of the team blacked out."""
    Redaction.objects.of(city).filter(person=participant).update(person=None)


def adopt_redactions(city: City, old: Participant, new: Participant) -> None:
    """Hand them over to the account that claimed the guest."""
    Redaction.objects.of(city).filter(person=old).update(person=new)
