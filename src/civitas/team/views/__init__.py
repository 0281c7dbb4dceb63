"""Pages of the team: who works here, invitations, absences, notes, and seeing the city as citizens do."""

from civitas.team.views.absences import change_absence, drop_absence
from civitas.team.views.barriers import show_barrier, show_barriers, tell_barrier
from civitas.team.views.colleagues import change_role_end, give_to_colleague, show_colleague, show_team, take_from_colleague
from civitas.team.views.invitations import answer_invitation, invite_somebody, renew, withdraw
from civitas.team.views.mails import preview_mails, word_mails
from civitas.team.views.notes import change_note, render_notes, write_note
from civitas.team.views.seeing import see_as_citizen

__all__ = [
    "answer_invitation",
    "change_absence",
    "change_note",
    "change_role_end",
    "drop_absence",
    "give_to_colleague",
    "invite_somebody",
    "preview_mails",
    "render_notes",
    "renew",
    "see_as_citizen",
    "show_barrier",
    "show_barriers",
    "show_colleague",
    "show_team",
    "take_from_colleague",
    "tell_barrier",
    "withdraw",
    "word_mails",
    "write_note",
]
