"""What changes about the team: absences."""

from civitas.team.actions.absences import remove_absence, set_absence

__all__ = ["remove_absence", "set_absence"]
