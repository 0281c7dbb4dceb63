"""What the sensor declares: its place in the navigation."""

from django.utils.translation import gettext_lazy as _

from civitas.kit.rooms import MySection, NavItem, Room
from civitas.sensor.mine import render_quarter

ROOM = Room(
    key="sensor",
    navigation=(
        NavItem(_("Explore"), "explore", module="sensor", order=20),
        NavItem(_("What became of it?"), "outcomes", module="sensor", order=40),
    ),
    my_sections=(MySection(render_quarter, order=20, column="side", module="sensor"),),
)
