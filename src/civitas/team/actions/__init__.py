"""What changes about the team: invitations and roles, absences, notes for who comes next."""

from civitas.team.actions.absences import remove_absence, set_absence
from civitas.team.actions.invitations import (
    accept_invitation,
    invitation_by_token,
    invite,
    make_token,
    send_invitation,
    withdraw_invitation,
)
from civitas.team.actions.mails import try_digest, word_digest
from civitas.team.actions.notes import finish_note, leave_note, pin_note, reopen_note, unpin_note
from civitas.team.actions.upkeep import forget_old

__all__ = [
    "accept_invitation",
    "finish_note",
    "forget_old",
    "invitation_by_token",
    "invite",
    "leave_note",
    "make_token",
    "pin_note",
    "remove_absence",
    "reopen_note",
    "send_invitation",
    "set_absence",
    "try_digest",
    "unpin_note",
    "withdraw_invitation",
    "word_digest",
]
