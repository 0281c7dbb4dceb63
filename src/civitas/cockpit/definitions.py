"""What each measure means, in a few sentences; the page, the CSV and the tests take them from here."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from civitas.cockpit.measures import ACTS, COMMENT, CONCEPT, DECIDE, GIVE, IMPORT, SERVICE, SUPPORT, THEME, VOICE, WEB, WORKSHOP, WRITE

STAGE_NAMES = {VOICE: _("Voices"), THEME: _("Themes"), CONCEPT: _("Concepts"), SERVICE: _("Services")}
CHANNEL_NAMES = {WEB: _("Website"), WORKSHOP: _("Board and workshop"), IMPORT: _("Brought in")}
ACT_NAMES = {
    ACTS[SUPPORT]: pgettext_lazy("depth", "support"),
    ACTS[COMMENT]: pgettext_lazy("depth", "comment"),
    ACTS[GIVE]: pgettext_lazy("depth", "give ideas"),
    ACTS[WRITE]: pgettext_lazy("depth", "write along"),
    ACTS[DECIDE]: pgettext_lazy("depth", "decide"),
}
SMALL = _(
    "Groups of fewer than ten people are not shown. Where only one group would be missing, a second one is left out too, and people are "
    "rounded to tens, so that nobody can work it out."
)
DEFINITIONS = {
    "funnel": (
        _("A voice is an idea or an improvement that is public, with those that were put together with another."),
        _("It has come as far as the furthest that it was linked with, over any number of hops: a theme, a concept, a service."),
        _("Something waits as long as nothing was made of it and no department has answered it."),
        _("A concept waits no more once a gate has decided about it, until it lies before a decision again."),
        _("The time is the median of the days from the giving of one to its link with the next stage."),
        _("A voice in two themes counts in both; a disc is as large as the voices that stand behind it."),
    ),
    "people": (
        _("Everybody counts once who gave, commented, supported or sat down at a board in this time, with an account or as a guest."),
        _("New is whose first time here lies in this time; everybody else comes back."),
        _("Who erased themselves is counted nowhere any more. Somebody on two devices without an account counts twice."),
        SMALL,
    ),
    "areas": (
        _("People by the district of what they gave, commented or supported. Who did so in two districts counts in both."),
        _("Against the population where it was entered: people to a thousand who live there."),
        SMALL,
    ),
    "channels": (
        _("By which way people took part. Who came by two ways counts in both."),
        _("Brought in are voices of other platforms whose authors the city knows."),
        SMALL,
    ),
    "depth": (
        _("What people did, from the lightest to the deepest. Who did several things counts at each."),
        _("To write along is to sit down at a board or to write a concept together; to decide is to decide at a gate."),
        SMALL,
    ),
    "weeks": (
        _("Voices by the week in which they were given, and by the district that they are about; the last twelve weeks, on one scale."),
        _("Voices are public one by one, so their numbers are exact. Districts with fewer than ten in twelve weeks are only named."),
    ),
    "portfolio": (
        _("The first rule that fits decides about the light, and says why."),
        _("At a standstill: nobody is responsible, or a result is missing for more than thirty days."),
        _("Caught up: answers are overdue, the next step has no day, or an open collection got no voice for three weeks."),
        _("A theme without answer or concept is caught up after four weeks, at a standstill after ninety days."),
        _("A concept that no service came of is caught up after ninety days, at a standstill after 180, counted from the last decision."),
        _("What a decision stopped is at rest, and so is a service that has ended or is not offered yet."),
        _("A service is caught up when its provider has left, and at a standstill when nobody answers for it."),
        _("Compared are the newest 200 processes that are not archived, the worst light first; the others follow, the newest first."),
    ),
    "overdue": (
        _("An answer is overdue when the day that the city promised is over and no department has answered."),
        _("Counted are contributions that are shown. Who of the team they lie with is not named here."),
    ),
}
