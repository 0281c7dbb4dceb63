"""What the sensor declares: its place in the navigation."""

from django.utils.translation import gettext_lazy as _

from civitas.kit.rooms import NavItem, Room

ROOM = Room(
    key="sensor",
    navigation=(
        NavItem(_("Explore"), "explore", module="sensor", order=20),
        NavItem(_("What became of it?"), "outcomes", module="sensor", order=40),
    ),
)
