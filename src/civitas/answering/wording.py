"""The words of an answer: checked, its blanks filled, and shown as the author will read them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from civitas.answering.blanks import fill, open_blanks
from civitas.answering.languages import language_of
from civitas.contributions.checks import LONGEST_TEXT
from civitas.contributions.models import Contribution
from civitas.contributions.official import Answer
from civitas.contributions.previews import answered_mail
from civitas.kit import days
from civitas.kit.verdicts import Refused

if TYPE_CHECKING:
    import datetime as dt

    from civitas.answering.models import AnswerDraft
    from civitas.cities.models import City
    from civitas.notices.previews import PreviewedMail
    from civitas.people.models import Organisation

Status = Contribution.Status
# What may be said by the status alone: that it arrived, and that somebody looks at it. All else is an answer, and has words.
WITHOUT_WORDS = frozenset({Status.RECEIVED, Status.IN_REVIEW})


def values_for(city: City, row: Contribution, organisation: Organisation | None, language: str = "") -> dict[str, str]:
    """What the known blanks of an answer to this contribution hold, in that language, else in the author's."""
    with translation.override(language or language_of(row)):
        return {
            "name": row.author.pseudonym if row.author else "",
            "title": row.title,
            "number": str(row.number or ""),
            "department": organisation.name if organisation else str(city),
            "date": days.day(timezone.localdate()),
        }


def filled(city: City, text: str, row: Contribution, organisation: Organisation | None, language: str = "") -> str:
    """The words with all known blanks filled, in the language of the words (without: in the author's)."""
    return fill(text, values_for(city, row, organisation, language))


def check_words(status: str, text: str, *, says_more: bool = False, was: str = "", typed: str | None = None, field: str = "text") -> None:
    """Refuse, with a sentence for its field, a status that is none, words that are missing or too long, and blanks left open.

    `typed` are the words before their known blanks were filled: a title may hold brackets that are no blank. `was` is the status
    until now, and `says_more` whether a next step or a day is named: without words it must change something.
    """
    fields: dict[str, str] = {}
    if status not in Status.values:
        fields["status"] = _("Please choose a status.")
    left = open_blanks(text if typed is None else typed)
    if left:
        fields[field] = " ".join(fault.sentence for fault in left[:5])
    elif not text.strip() and (missing := _words_missing(status, was=was, says_more=says_more)):
        fields[field] = missing
    elif len(text) > LONGEST_TEXT:
        figures = {"limit": LONGEST_TEXT, "count": len(text)}
        fields[field] = _("Please shorten the text to %(limit)d characters; it has %(count)d.") % figures
    if fields:
        raise Refused(_("Something is missing. Please look at the marked fields."), status=400, fields=fields)


def _words_missing(status: str, *, was: str, says_more: bool) -> str:
    """Why an answer with this status needs words; '' where the status alone may go out."""
    if status == Status.NOT_POSSIBLE:
        return _("Please say why it is not possible. People deserve the reason.")
    if status in Status.values and status not in WITHOUT_WORDS:
        return _("Please write your answer. Without words only “received” and “in review” can go out.")
    if status == was and not says_more:
        return _("This would say nothing new. Please write your answer, or choose another status.")
    return ""


def check_day(due_on: dt.date | None) -> None:
    """A promise lies ahead."""
    if due_on and due_on < timezone.localdate():
        sentence = _("Please choose a day that is still to come.")
        raise Refused(sentence, status=400, fields={"due_on": sentence})


def answer_of(city: City, row: Contribution, draft: AnswerDraft, *, part_of: Contribution | None = None) -> Answer:
    """What a draft says, its known blanks filled."""
    return Answer(
        draft.status, text=filled(city, draft.text, row, draft.organisation), organisation=draft.organisation,
        next_step=draft.next_step, due_on=draft.due_on, part_of=part_of, part_of_process=draft.part_of_process,
        handed_to=draft.body.name if draft.body else "", contact=draft.body.contact if draft.body else "",
    )  # fmt: skip


def preview(city: City, row: Contribution, draft: AnswerDraft, *, part_of: Contribution | None = None) -> PreviewedMail | None:
    """The mail that the author gets of this draft, worded as it will be, in their language; None without an author."""
    row.city = city
    answer = answer_of(city, row, draft, part_of=part_of)
    return answered_mail(row, replace(answer, status=answer.status or row.status))
