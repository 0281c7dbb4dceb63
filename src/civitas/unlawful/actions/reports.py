"""Report something illegal, without a login; answer the team's question. Article 16 of the Digital Services Act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.cities.actions import next_number
from civitas.contributions.models import Contribution
from civitas.journal.actions import record
from civitas.kit.refusals import too_long
from civitas.kit.texts import cleaned, cleaned_line
from civitas.kit.verdicts import Refused
from civitas.moderation.cases import open_case
from civitas.moderation.models import Case
from civitas.notices.actions import notify, notify_each
from civitas.people.rates import spend
from civitas.unlawful.models import Ground, Matter, Mention, Question, Report
from civitas.unlawful.queries import Place, place_of
from civitas.unlawful.rules import may_decide_matter, may_handle

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from civitas.cities.models import City
    from civitas.people.actors import Actor

LONGEST_WORDS = 4_000
LONGEST_NAME, LONGEST_MAIL = 120, 254
MOST_PLACES = 10


def report_unlawful(
    actor: Actor,
    *,
    uid: UUID,
    addresses: str,
    ground: str,
    explanation: str,
    name: str = "",
    mail: str = "",
    without_name: bool = False,
    in_good_faith: bool = False,
    language: str = "de",
) -> Report:
    """Take a report with the elements of Article 16(2): reasons, exact addresses (one a line), name and mail, good faith.

    Name and mail are not needed where children may have been abused, and whoever says so stays `without_name`. The same form sent
    twice gives one report. Raises Refused with a sentence per field.
    """
    known: Report | None = Report.objects.of(actor.city).filter(uid=uid).first()
    if known is not None:
        return known
    explanation, name, mail = cleaned(explanation), cleaned_line(name), mail.strip()
    places, fields = _places(actor.city, addresses)
    fields |= _faults(ground, explanation, name, mail, without_name=without_name, in_good_faith=in_good_faith)
    if fields:
        raise Refused(_("Something is missing. Please look at the marked fields."), status=400, fields=fields)
    if without_name:
        name = mail = ""
    try:
        with transaction.atomic():
            spend(actor, "report")
            report = Report.objects.create(
                city=actor.city, uid=uid, number=next_number(actor.city, "report"), ground=ground, explanation=explanation,
                name=name, mail=mail, with_name=bool(name), language=language, participant=None if without_name else actor.participant,
            )  # fmt: skip
            for place in places:
                _mention(actor.city, report, place)
            notify(actor.city, [report.uid], "unlawful.received", f"report:{report.pk}", "received")
            record(actor.city, by=None, verb="unlawful.reported", subject=f"report:{report.pk}", details={"ground": ground})
    except IntegrityError:  # the same form sent twice in the same instant
        known = Report.objects.of(actor.city).filter(uid=uid).first()
        if known is None:
            raise
        return known
    return report


def _places(city: City, addresses: str) -> tuple[list[Place], dict[str, str]]:
    """What the lines mean, each once; and a sentence for the first that means nothing here."""
    lines = [line for line in (cleaned_line(line) for line in addresses.splitlines()) if line]
    found: dict[tuple[str, int | None], Place] = {}
    for line in lines[: MOST_PLACES + 1]:
        place = place_of(city, line)
        if place is None:
            sentence = _("We cannot find “%(address)s” here. Please copy the address from your browser’s bar.") % {"address": line[:80]}
            return [], {"addresses": sentence}
        found[place.address, place.contribution.pk if place.contribution else None] = place
    if not found:
        return [], {"addresses": _("Please say where it stands.")}
    if len(found) > MOST_PLACES:
        return [], {"addresses": _("Please name at most %(count)d addresses in one report.") % {"count": MOST_PLACES}}
    return list(found.values()), {}


def _faults(ground: str, explanation: str, name: str, mail: str, *, without_name: bool, in_good_faith: bool) -> dict[str, str]:
    fields = {}
    if ground not in Ground.values:
        fields["ground"] = _("Please choose what it may be.")
    if not explanation:
        fields["explanation"] = _("Please say why you think that it is against the law.")
    elif sentence := too_long(explanation, LONGEST_WORDS):
        fields["explanation"] = sentence
    if not without_name and (sentence := too_long(name, LONGEST_NAME)):
        fields["name"] = sentence
    if not without_name and (ground != Ground.CHILDREN or mail):
        if not name and ground != Ground.CHILDREN:
            fields["name"] = _("Please give your name, or say below that you report without one.")
        try:
            validate_email(mail)
        except ValidationError:
            fields["mail"] = _("Please give an address that looks like name@example.org.")
        else:
            if sentence := too_long(mail, LONGEST_MAIL):
                fields["mail"] = sentence
    if not in_good_faith:
        fields["in_good_faith"] = _("Please confirm that what you say is right and complete as far as you know.")
    return fields


def _mention(city: City, report: Report, place: Place) -> None:
    matter = _open_matter(city, place, report.ground)
    Mention.objects.create(city=city, report=report, matter=matter)
    Matter.objects.of(city).filter(pk=matter.pk).update(report_count=F("report_count") + 1)


def _open_matter(city: City, place: Place, ground: str) -> Matter:
    about: dict[str, Any] = {"contribution": place.contribution} if place.contribution else {"contribution": None, "address": place.address}
    rows = Matter.objects.of(city).filter(**about).exclude(state=Matter.State.DECIDED).select_for_update()
    matter: Matter | None = rows.first()
    if place.contribution is not None:
        open_case(city, why=Case.Why.REPORT, contribution=place.contribution)
    if matter is not None:
        return matter
    try:
        with transaction.atomic():
            made: Matter = Matter.objects.create(city=city, contribution=place.contribution, address=place.address, ground=ground)
            return made
    except IntegrityError:  # two people reported it in the same instant
        twin: Matter = rows.get()
        return twin


def take_up(actor: Actor, *, address: str, ground: str) -> Matter:
    """The team takes something up that nobody has reported; decided, it counts as done on its own account."""
    may_handle(actor).require()
    place = place_of(actor.city, cleaned_line(address))
    fields = {}
    if place is None:
        sentence = _("We cannot find “%(address)s” here. Please copy the address from your browser’s bar.") % {"address": address[:80]}
        fields["address"] = sentence
    if ground not in Ground.values:
        fields["ground"] = _("Please choose what it may be.")
    if place is None or fields:
        raise Refused(_("Something is missing. Please look at the marked fields."), status=400, fields=fields)
    with transaction.atomic():
        matter = _open_matter(actor.city, place, ground)
        record(actor.city, by=actor.uid, verb="unlawful.taken_up", subject=f"matter:{matter.pk}", details={"ground": ground})
    return matter


def ask_reporters(actor: Actor, matter: Matter, *, text: str) -> int:
    """Ask those who reported a matter for what the team has to know; returns how many were asked. Each is told once."""
    may_decide_matter(actor, matter).require()
    text = cleaned(text)
    check_words(text, "text", _("Please write your question."))
    with transaction.atomic():
        held = Matter.objects.of(actor.city).select_for_update(of=("self",)).get(pk=matter.pk)
        waiting = Question.objects.of(actor.city).filter(matter=held, answered_at=None, text=text)
        if held.state == Matter.State.ASKED and waiting.exists():  # the same form, sent twice
            return waiting.count()
        reports = [row.report for row in Mention.objects.of(actor.city).filter(matter=matter).select_related("report").order_by("pk")[:100]]
        for report in reports:
            question = Question.objects.create(city=actor.city, report=report, matter=matter, text=text, asked_by=actor.participant)
            notify(actor.city, [report.uid], "unlawful.asked", f"report:{report.pk}", f"question-{question.pk}")
        Matter.objects.of(actor.city).filter(pk=matter.pk, state=Matter.State.OPEN).update(state=Matter.State.ASKED)
        record(actor.city, by=actor.uid, verb="unlawful.asked", subject=f"matter:{matter.pk}", details={"reports": len(reports)})
    return len(reports)


def answer_question(actor: Actor, report: Report, question: Question, *, text: str) -> Question:
    """The reporter answers, once, over the link that only they have; the matter is with the team again."""
    text = cleaned(text)
    check_words(text, "text", _("Please write your answer."))
    with transaction.atomic():
        spend(actor, "report")
        row: Question = Question.objects.of(actor.city).select_for_update().get(pk=question.pk, report=report)
        if row.answered_at is not None:
            if row.answer == text:
                return row
            raise Refused(_("You have already answered this. Thank you."), status=409)
        row.answer, row.answered_at = text, timezone.now()
        row.save(update_fields=["answer", "answered_at"])
        Matter.objects.of(actor.city).filter(pk=row.matter_id, state=Matter.State.ASKED).update(state=Matter.State.OPEN)
    return row


def check_words(text: str, field: str, missing: str) -> None:
    """Refuse words that are missing (with that sentence) or too many, at their field."""
    sentence = too_long(text, LONGEST_WORDS) if text else missing
    if sentence:
        raise Refused(sentence, status=400, fields={field: sentence})


def tell_of_hidden(city: City, rows: Sequence[Contribution]) -> None:
    """Tell those who reported one of these, and wait for the decision, that it is out of sight already; each once.

    The worker calls it for what is new, shown or hidden; one query, and safe to run twice.
    """
    hidden = [row.pk for row in rows if row.visibility == Contribution.Visibility.HIDDEN]
    if hidden:
        mentions = Mention.objects.of(city).filter(matter__contribution__in=hidden).exclude(matter__state=Matter.State.DECIDED)
        told = mentions.order_by("pk").values_list("report__uid", "matter")
        notify_each(city, [(uid, "unlawful.hidden", f"matter:{matter}", "hidden") for uid, matter in told])


def decline_report_mails(city: City, uid: object) -> None:
    """Send no more mails about this report; its page goes on telling."""
    Report.objects.of(city).filter(uid=uid).update(wants_mail=False)
