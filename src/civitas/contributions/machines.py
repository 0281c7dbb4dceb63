"""What looks as if machines had sent it: no proof of work, or the same text from many. Such texts wait for the team; none is lost."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.contributions.models import Contribution
from civitas.kit.verdicts import Refused
from civitas.people.counting import count_tries, start_of
from civitas.people.proofs import use
from civitas.people.rates import spend
from civitas.people.sources import hashed
from civitas.processes.policies import rules_of

if TYPE_CHECKING:
    from civitas.people.actors import Actor
    from civitas.processes.models import Process

# So old is an account that has shown nothing yet but is trusted all the same.
TRUSTED_AFTER = dt.timedelta(days=7)
# A shorter text ("I am for it") says the same as many without being a copy.
FEWEST_WORDS = 6
MOST_COPIES = 3
_DAY = dt.timedelta(days=1)


def is_trusted(actor: Actor) -> bool:
    """Whether nobody asks this person for a proof: the team, and who has an account for a week or with something shown."""
    person = actor.participant
    if actor.is_staff:
        return True
    if person is None or person.is_guest or person.pk is None:
        return False
    if timezone.now() - person.created_at >= TRUSTED_AFTER:
        return True
    return Contribution.objects.of(actor.city).filter(author=person, visibility=Contribution.Visibility.PUBLISHED).exists()


def asks_proof(actor: Actor) -> bool:
    """Whether a form of this person wants a proof."""
    return settings.PROOF_COST > 0 and actor.channel == "page" and not is_trusted(actor)


def looks_sent_by_machine(actor: Actor, text: str) -> bool:
    """Whether this, which is being given now, waits since a machine may have sent it; uses the proof up and counts the text.

    What comes without a proof is limited for the whole city, so that a wave cannot bury the team: raises Refused (429).
    """
    if settings.PROOF_COST == 0 or actor.channel != "page" or actor.is_staff:
        return False
    unproved = asks_proof(actor) and (actor.proof is None or not use(actor.city, actor.proof))
    if unproved:
        spend(actor, "unproved")
    return _is_copy(actor, text) or unproved


def refuse_blocked(actor: Actor, process: Process, text: str) -> None:
    """Raise Refused where the text leads to a website that the city does not take, or the guest has a mail address there; the team may."""
    if actor.channel in {"import", "command"} or actor.is_staff:
        return
    blocked = rules_of(actor.city, process).blocked
    if site := _first_of(blocked, text):
        sentence = _("We take no links to %(site)s here. Please write without it; your text is kept.") % {"site": site}
        raise Refused(sentence, status=422, fields={"text": sentence})
    mail = actor.participant.guest_mail if actor.participant else ""
    if mail and (site := _first_of(blocked, mail)):
        sentence = _("We take no mail addresses of %(site)s here. Please give another one, or none; your text is kept.") % {"site": site}
        raise Refused(sentence, status=422, fields={"mail": sentence})


def _first_of(sites: list[str], text: str) -> str:
    """The first of these hosts that stands in the text, or a host below it."""
    flat = text.casefold()
    return next((site for site in sites if site in flat and re.search(rf"(?<![\w-]){re.escape(site)}(?![\w-]|\.\w)", flat)), "")


def _is_copy(actor: Actor, text: str) -> bool:
    words = "".join(sign if sign.isalpha() else " " for sign in text.casefold()).split()
    if len(words) < FEWEST_WORDS:
        return False
    day = start_of(_DAY)
    key, person = f"{day:%Y-%m-%d}:words:{' '.join(words)}", actor.uid or actor.source
    is_again = count_tries(actor.city, hashed(f"{key}:{person}"), day) > 1  # as each saving of a section is
    people = count_tries(actor.city, hashed(key), day, int(not is_again))
    return people > MOST_COPIES * settings.RATE_FACTOR
