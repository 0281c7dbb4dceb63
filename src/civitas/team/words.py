"""What the team's mails and news say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civitas.kit import days
from civitas.kit.rooms import TEAM, NoticeKind, Worded
from civitas.people.models import Membership, Role
from civitas.team.models import Absence, BarrierReport, Invitation

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from civitas.cities.models import City
    from civitas.notices.models import Notice

BARRIER = "team.barrier"
ROLE_ENDS = "team.role_ends"
# What a role may do, for those who give it and those who get it.
RIGHTS: dict[str, _StrPromise] = {
    Role.MODERATOR: gettext_lazy("Reads what people give, publishes it, hides what breaks the rules, and answers."),
    Role.EXPERT: gettext_lazy("Answers officially for a department."),
    Role.OWNER: gettext_lazy("Makes processes, steers them from step to step, and answers."),
    Role.FACILITATOR: gettext_lazy("Runs workshops and meetings."),
    Role.ADMINISTRATOR: gettext_lazy("May do everything in this city, and gives roles to others."),
    Role.MEMBER: gettext_lazy("Speaks visibly for an organisation."),
}


def role_in_words(role: str, organisation: Any = None) -> str:
    """'Fachkraft, Amt für Verkehr'."""
    label = str(Role(role).label)
    return f"{label}, {organisation.name}" if organisation else label


def word_invitation(invitation: Invitation, token: str) -> Worded:
    """The mail with the link: who invites to what, what the role may do, how long it holds."""
    city = str(invitation.city)
    role = role_in_words(invitation.role, invitation.organisation)
    values = {"who": invitation.by.shown_name if invitation.by else city, "city": city, "role": role}
    first = _("%(who)s invites you to the team of %(city)s. Your role: %(role)s.") % values
    rights = _("In this role: %(rights)s") % {"rights": RIGHTS[invitation.role]}
    if invitation.ends_on:
        rights += " " + _("You hold it until %(day)s.") % {"day": days.day(invitation.ends_on)}
    how = _("Open the link and sign in with a code that we send you. You need no password.")
    until = _("The link holds until %(day)s. If this mail was not meant for you, simply throw it away.") % {
        "day": days.day(invitation.until)
    }
    return Worded(
        _("Your invitation to the team of %(city)s") % values,
        (first, rights, how, until),
        f"/einladung/{token}",
        _("Accept the invitation"),
    )


def _key_of(notice: Notice) -> int:
    key = notice.subject.partition(":")[2]
    return int(key) if key.isdigit() else 0


def fetch_invitations(city: City, notices: list[Notice]) -> None:
    """Read the invitations that many notices are about in one query."""
    rows = Invitation.objects.of(city).select_related("used_by", "organisation").in_bulk({_key_of(notice) for notice in notices})
    for notice in notices:
        notice.fetched = {"row": rows.get(_key_of(notice))}


def word_accepted(city: City, notice: Notice) -> Worded | None:
    """Somebody whom one invited has come."""
    if notice.fetched is None:
        fetch_invitations(city, [notice])
    row = (notice.fetched or {})["row"]
    if row is None or row.used_by is None:
        return None
    values = {"who": row.used_by.shown_name, "role": role_in_words(row.role, row.organisation)}
    lines = [_("%(who)s has accepted your invitation and now holds the role: %(role)s.") % values]
    if notice.event == "accepted-other":
        lines.append(_("The invitation was accepted with another address than the one you wrote to. If that surprises you, please ask."))
    return Worded(_("%(who)s is in the team") % values, tuple(lines), f"/verwaltung/team/{row.used_by.uid}", _("See the team"))


def fetch_absences(city: City, notices: list[Notice]) -> None:
    """Read the absences that many notices are about in one query."""
    rows = Absence.objects.of(city).select_related("participant", "deputy").in_bulk({_key_of(notice) for notice in notices})
    for notice in notices:
        notice.fetched = {"row": rows.get(_key_of(notice))}


def word_deputy(city: City, notice: Notice) -> Worded | None:
    """One stands in for somebody; nothing to say once that has changed."""
    if notice.fetched is None:
        fetch_absences(city, [notice])
    row = (notice.fetched or {})["row"]
    if row is None or row.deputy is None or row.deputy.uid != notice.recipient:
        return None
    values = {"who": row.participant.shown_name, "from": days.day(row.starts_on), "until": days.day(row.ends_on)}
    lines = (
        _("%(who)s is away from %(from)s until %(until)s, and you stand in.") % values,
        _("What would come to them comes to you meanwhile."),
    )
    return Worded(_("You stand in for %(who)s") % values, lines, "/verwaltung/team", _("See the team"))


def word_barrier_answer(report: BarrierReport) -> Worded:
    """The mail with the team's answer to who met a barrier."""
    lines = (_("You told us that something on our site did not work for you:"), report.text, _("This is our answer:"), report.answer)
    return Worded(_("Our answer about the barrier"), lines, report.path or "/", _("To the page"))


def word_barrier(city: City, notice: Notice) -> Worded | None:
    """Somebody met a barrier; nothing to say once that is answered."""
    row = BarrierReport.objects.of(city).filter(pk=_key_of(notice), answered_at=None).first()
    if row is None:
        return None
    lines = (_("Something on the site did not work for somebody. We promised an answer until %(day)s.") % {"day": days.day(row.due_on)},)
    return Worded(_("Somebody met a barrier"), lines, f"/verwaltung/barrieren/{row.pk}", _("Read it and answer"))


def fetch_roles(city: City, notices: list[Notice]) -> None:
    """Read the roles that many notices are about in one query; what is over already says nothing any more."""
    rows = Membership.objects.of(city).select_related("participant", "organisation").in_bulk({_key_of(notice) for notice in notices})
    for notice in notices:
        notice.fetched = {"row": rows.get(_key_of(notice))}


def word_role_ends(city: City, notice: Notice) -> Worded | None:
    """A role ends soon: said to who holds it, and to who leads the team; nothing to say once that has changed."""
    if notice.fetched is None:
        fetch_roles(city, [notice])
    row = (notice.fetched or {})["row"]
    if row is None or row.ends_at is None or notice.event != f"ends-{row.ends_at:%Y%m%d}":
        return None
    values = {
        "who": row.participant.shown_name,
        "role": role_in_words(row.role, row.organisation),
        "city": str(city),
        "day": days.day(row.ends_on),
    }
    if row.participant.uid == notice.recipient:
        to_holder = (
            _("You hold the role %(role)s until %(day)s. After that day its pages are closed to you.") % values,
            _("What is still with you then goes to who stands in for you, or back to your colleagues."),
            _("If you are to stay longer, please speak to who leads your team."),
        )
        return Worded(_("Your role in %(city)s ends on %(day)s") % values, to_holder, "/konto/", _("See my roles"))
    lines = (
        _("%(who)s holds the role %(role)s until %(day)s.") % values,
        _("If that is to stay so, you need not do anything. Otherwise choose another day."),
    )
    path = f"/verwaltung/team/rolle/{row.pk}/ende"
    return Worded(_("The role of %(who)s ends on %(day)s") % values, lines, path, _("Choose another day"))


KINDS = (
    NoticeKind(ROLE_ENDS, gettext_lazy("Team: a role ends soon"), word_role_ends, prepare=fetch_roles, topic=TEAM),
    NoticeKind(BARRIER, gettext_lazy("Team: somebody reports a barrier"), word_barrier, topic=TEAM),
    NoticeKind(
        "team.accepted", gettext_lazy("Team: somebody accepts your invitation"), word_accepted, prepare=fetch_invitations, topic=TEAM
    ),
    NoticeKind("team.deputy", gettext_lazy("Team: you stand in for somebody"), word_deputy, prepare=fetch_absences, topic=TEAM),
)
