"""The door of pupils, the teacher's page, and the team's desk of classes."""

from civitas.classes.views.desk import list_classes, new_class, show_class, show_seat
from civitas.classes.views.door import change_own_slip, join_class, leave_device
from civitas.classes.views.teaching import lead_class, lead_seat, stop_leading

__all__ = [
    "change_own_slip",
    "join_class",
    "lead_class",
    "lead_seat",
    "leave_device",
    "list_classes",
    "new_class",
    "show_class",
    "show_seat",
    "stop_leading",
]
