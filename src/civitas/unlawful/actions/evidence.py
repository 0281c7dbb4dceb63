"""The evidence store: put in, seal, open, keep longer, erase what was secured, and delete on the date. Each step needs two people."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civitas.cities.actions import next_number
from civitas.contributions.actions import erase_contribution
from civitas.contributions.models import Contribution
from civitas.journal.actions import record
from civitas.kit.rooms import Retention
from civitas.kit.texts import cleaned_line
from civitas.kit.verdicts import Refused
from civitas.moderation.models import Flag
from civitas.processes.policies import rules_of
from civitas.redaction.scrubbing import scrub_later
from civitas.unlawful.archive import Archive, ArchiveWriter, digest_of
from civitas.unlawful.models import Access, Evidence, EvidencePart, Matter, Mention, Question, Report
from civitas.unlawful.packing import pack
from civitas.unlawful.rules import may_ask_access, may_erase, may_grant, may_keep_evidence, may_read_evidence, may_seal

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from civitas.cities.models import City
    from civitas.people.actors import Actor

READING_TIME = dt.timedelta(minutes=15)
_DELETED_AT_ONCE = 200


def propose_evidence(actor: Actor, matter: Matter, *, norm: str, case_number: str = "") -> Evidence:
    """Secure what may be criminal as it is at this moment, locked at once; another person seals it or throws it away.

    `norm` is the legal basis of keeping it. A second proposal for the same matter gives the one that is there.
    """
    may_keep_evidence(actor).require()
    if matter.city_id != actor.city.pk:
        raise Refused(_("We cannot find this."), status=404)
    norm = cleaned_line(norm)
    if not norm or len(norm) > 200:
        sentence = _("Please name the law that this may break, in at most 200 characters.")
        raise Refused(sentence, status=400, fields={"norm": sentence})
    known = _at_work(matter)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            evidence: Evidence = Evidence.objects.create(
                city=actor.city, number=next_number(actor.city, "evidence"), matter=matter, norm=norm,
                case_number=cleaned_line(case_number)[:80], proposed_by=actor.participant,
                delete_on=months_after(timezone.localdate(), rules_of(actor.city).keep_evidence_months),
            )  # fmt: skip
            writer = ArchiveWriter(actor.city, evidence)
            pack(actor.city, matter, writer)
            evidence.digest, evidence.bytes = writer.finish(), writer.size
            evidence.save(update_fields=["digest", "bytes"])
            _record(actor, evidence, "evidence.proposed", sha256=evidence.digest)
            return evidence
    except IntegrityError:  # two people secured it in the same instant
        twin = _at_work(matter)
        if twin is None:
            raise
        return twin


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day some months later, or the last of that month where it is shorter."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _at_work(matter: Matter) -> Evidence | None:
    found: Evidence | None = (
        Evidence.objects.of(matter.city_id).filter(matter=matter, state__in=[Evidence.State.PROPOSED, Evidence.State.SEALED]).first()
    )
    return found


def seal_evidence(actor: Actor, evidence: Evidence) -> Evidence:
    """The second person seals it; from now on the thing itself may be erased. Its SHA-256 stands in the journal."""
    with transaction.atomic():
        row = _held(actor, evidence)
        may_seal(actor, row).require()
        _check_untouched(row)
        row.state, row.sealed_by, row.sealed_at = Evidence.State.SEALED, actor.participant, timezone.now()
        row.save(update_fields=["state", "sealed_by", "sealed_at"])
        _record(actor, row, "evidence.sealed", sha256=row.digest, delete_on=row.delete_on.isoformat())
    return row


def refuse_evidence(actor: Actor, evidence: Evidence) -> Evidence:
    """The second person sees no ground to keep it: the archive goes at once."""
    with transaction.atomic():
        row = _held(actor, evidence)
        may_seal(actor, row).require()
        EvidencePart.objects.of(actor.city).filter(evidence=row).delete()
        row.state, row.bytes, row.deleted_at = Evidence.State.REFUSED, None, timezone.now()
        row.save(update_fields=["state", "bytes", "deleted_at"])
        _record(actor, row, "evidence.refused")
    return row


def ask_access(actor: Actor, evidence: Evidence, *, kind: str, reason: str, delete_on: dt.date | None = None) -> Access:
    """Ask a second person to let one open sealed evidence, hand it out, or keep it until `delete_on`; with a reason."""
    may_ask_access(actor, evidence).require()
    reason = cleaned_line(reason)
    fields = {}
    if kind not in Access.Kind.values:
        fields["kind"] = _("Please choose what you need.")
    if not reason or len(reason) > 300:
        fields["reason"] = _("Please give the reason in at most 300 characters. Do not quote the text itself.")
    if kind == Access.Kind.EXTEND and (delete_on is None or delete_on <= evidence.delete_on):
        fields["delete_on"] = _("Please choose a day after the one on which it is deleted now.")
    if fields:
        raise Refused(_("Something is missing. Please look at the marked fields."), status=400, fields=fields)
    with transaction.atomic():
        Evidence.objects.of(actor.city).select_for_update(of=("self",)).get(pk=evidence.pk)  # the same form twice is asked once
        open_ones = Access.objects.of(actor.city).filter(evidence=evidence, kind=kind, asked_by=actor.participant, granted_at=None)
        known: Access | None = open_ones.first()
        if known is not None:
            return known
        access: Access = Access.objects.create(
            city=actor.city, evidence=evidence, kind=kind, reason=reason, asked_by=actor.participant,
            delete_on=delete_on if kind == Access.Kind.EXTEND else None,
        )  # fmt: skip
        _record(actor, evidence, "evidence.access_asked", kind=kind)
    return access


def grant_access(actor: Actor, access: Access) -> Access:
    """The second person grants it: both may read for a quarter of an hour, or the date of deletion moves."""
    with transaction.atomic():
        row: Access = Access.objects.of(actor.city).select_for_update(of=("self",)).select_related("evidence").get(pk=access.pk)
        may_grant(actor, row).require()
        row.granted_by, row.granted_at = actor.participant, timezone.now()
        if row.kind == Access.Kind.EXTEND and row.delete_on is not None:
            Evidence.objects.of(actor.city).filter(pk=row.evidence_id).update(delete_on=row.delete_on)
        else:
            row.until = row.granted_at + READING_TIME
        row.save(update_fields=["granted_by", "granted_at", "until"])
        until = {"delete_on": row.delete_on.isoformat()} if row.delete_on else {}
        _record(actor, row.evidence, "evidence.access_granted", kind=row.kind, **until)
    return row


def open_evidence(actor: Actor, access: Access) -> Archive:
    """The archive as it was secured, for one of the two people, in their quarter of an hour. Raises Refused when it was changed."""
    archive, _digest = _opened(actor, access)
    return archive


def _opened(actor: Actor, access: Access) -> tuple[Archive, str]:
    may_read_evidence(actor, access).require()
    archive = Archive(actor.city, Evidence.objects.of(actor.city).get(pk=access.evidence_id))
    return archive, archive.check()


def hand_out_evidence(actor: Actor, access: Access) -> Archive:
    """The archive as a file for the police or the public prosecutor; each time stands in the journal."""
    if access.kind != Access.Kind.HAND_OUT:
        raise Refused(_("This was granted for reading, not for handing out."))
    archive, digest = _opened(actor, access)
    with transaction.atomic():
        _record(actor, access.evidence, "evidence.handed_out", sha256=digest)
    return archive


def erase_for_good(actor: Actor, matter: Matter) -> None:
    """Erase the words, versions, files and index rows of what was secured, and the words in which people reported and flagged it.

    A nameless tombstone stays; everything else is in the sealed evidence alone.
    """
    evidence = _at_work(matter)
    may_erase(actor, matter, evidence).require()
    reports = Mention.objects.of(actor.city).filter(matter=matter).values("report")
    if Mention.objects.of(actor.city).filter(report__in=reports).exclude(matter__state=Matter.State.DECIDED).exists():
        sentence = _("A report about this names other addresses, too. Please decide about those first.")
        raise Refused(sentence, status=409)
    with transaction.atomic():
        row: Contribution = Contribution.objects.of(actor.city).select_for_update(of=("self",)).get(pk=matter.contribution_id)
        if row.visibility != Contribution.Visibility.ERASED:
            erase_contribution(actor.city, row)
        Flag.objects.of(actor.city).filter(case__contribution=row).update(words="")
        Question.objects.of(actor.city).filter(report__in=reports).update(text="", answer="")
        Report.objects.of(actor.city).filter(pk__in=reports).update(explanation="")
        Matter.objects.of(actor.city).filter(pk=matter.pk).update(erased_at=timezone.now())
        scrub_later(actor.city)  # free pages and old segments of the index hold the words until then
        details = {"matter": matter.pk, "evidence": evidence.pk if evidence else None}
        record(actor.city, by=actor.uid, verb="unlawful.erased", subject=matter.subject, details=details)


def _due(city: City, today: dt.date) -> QuerySet[Evidence]:
    return Evidence.objects.of(city).filter(state__in=[Evidence.State.PROPOSED, Evidence.State.SEALED], delete_on__lte=today)


def due_evidence(city: City, _before: dt.datetime) -> QuerySet[Evidence]:
    """What goes tonight: each has its own date, which two people may have put off."""
    return _due(city, timezone.localdate())


# `unlawful.tasks` deletes it, by the date of each.
EVIDENCE = Retention(
    gettext_lazy("Evidence of illegal content"),
    due_evidence,
    setting="keep_evidence_months",
    said=gettext_lazy("What may be a crime, sealed, for the police"),
)


def delete_due_evidence(city: City, today: dt.date) -> int:
    """Delete the archives whose date has come, some at a time; nameless rows stay. Returns how many."""
    due = _due(city, today)
    keys = list(due.order_by("delete_on", "pk").values_list("pk", flat=True)[:_DELETED_AT_ONCE])
    for key in keys:
        with transaction.atomic():
            gone = due.filter(pk=key).update(state=Evidence.State.DELETED, bytes=None, case_number="", deleted_at=timezone.now())
            Access.objects.of(city).filter(evidence=key).update(reason="")
            if gone:
                EvidencePart.objects.of(city).filter(evidence=key).delete()
                record(city, by=None, verb="evidence.deleted", subject=f"evidence:{key}", details={"on": today.isoformat()})
    return len(keys)


def _held(actor: Actor, evidence: Evidence) -> Evidence:
    may_keep_evidence(actor, evidence).require()
    row: Evidence = Evidence.objects.of(actor.city).select_for_update(of=("self",)).select_related("proposed_by").get(pk=evidence.pk)
    return row


def _check_untouched(evidence: Evidence) -> None:
    if digest_of(evidence) != evidence.digest:
        raise Refused(_("This evidence was changed since it was put in. Its SHA-256 in the journal is another one."), status=409)


def _record(actor: Actor, evidence: Evidence, verb: str, **details: str) -> None:
    record(actor.city, by=actor.uid, verb=verb, subject=f"evidence:{evidence.pk}", details=details)
