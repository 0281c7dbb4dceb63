"""What people under sixteen do without: consent, which they cannot give alone, and whatever leads to the child behind the made-up name.

One rule for pages, API and live boards (decision 42).
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civitas.kit.verdicts import YES, Verdict, no

if TYPE_CHECKING:
    from civitas.people.models import Participant


class Feature(StrEnum):
    """What a pupil does not have; each but `CONSENT` needs no consent of others, and is each one's own wish (decision 41)."""

    MAIL = "mail"
    FILES = "files"
    LETTERS = "letters"
    MEETING = "meeting"
    FOLLOWING = "following"
    HOME = "home"
    CONSENT = "consent"  # whatever a room declares as a `Purpose`: newsletter, pictures of people, questions about the person
    ACCOUNT = "account"
    CONCEPTS = "concepts"


_WITHOUT = {
    Feature.MAIL: gettext_lazy("With a class you need no mail address. Your answers wait for you on “My page”."),
    Feature.FILES: gettext_lazy("With a class you send words, not pictures or files: people could be recognised in them."),
    Feature.LETTERS: gettext_lazy("With a class there are no letters between two people. Write a comment, so that everybody can read it."),
    Feature.MEETING: gettext_lazy("With a class you do not arrange to meet anybody here. You can comment and support."),
    Feature.FOLLOWING: gettext_lazy("With a class you follow nothing. What becomes of your own ideas stands on “My page”."),
    Feature.HOME: gettext_lazy("With a class you tell nobody where you live."),
    Feature.CONSENT: gettext_lazy("With a class we ask you for no consent. Your parents would have to give it."),
    Feature.ACCOUNT: gettext_lazy("What was given with a class stays with the class. It goes into no account."),
    Feature.CONCEPTS: gettext_lazy("Concepts are written by people with an account. With your class you can read them and comment."),
}


def may_have(person: Participant | None, feature: Feature) -> Verdict:
    """Whether somebody has this feature; nobody of a school class does, and the sentence says what there is instead. No query."""
    return no(_WITHOUT[feature]) if person is not None and person.is_pupil else YES


def may_come(person: Participant | None, process: str) -> Verdict:
    """Whether somebody takes part in the process with this slug: who came with a class does so in that of the class, as long as the
    class is there; everybody else does. No query."""
    coming = is_in_time(person)
    if coming and person is not None and person.is_pupil and person.class_process != process:
        return no(_("Your class takes part somewhere else. Here you can read everything."))
    return coming


def is_in_time(person: Participant | None) -> Verdict:
    """Whether the class of somebody who came with one is still there; yes for everybody else. No query."""
    if person is None or person.class_until is None or timezone.now() < person.class_until:
        return YES
    return no(_("The time of your class is over here. You can still read everything, and take your own words away."), status=409)
