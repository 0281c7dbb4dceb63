"""The door of pupils, the teacher's page, and the team's desk of classes."""

from civitas.classes.views.desk import list_classes, new_class, show_class, take_seat_away
from civitas.classes.views.door import join_class, leave_device, show_slip
from civitas.classes.views.teaching import lead_class, lead_seat, stop_leading

__all__ = [
    "join_class",
    "lead_class",
    "lead_seat",
    "leave_device",
    "list_classes",
    "new_class",
    "show_class",
    "show_slip",
    "stop_leading",
    "take_seat_away",
]
