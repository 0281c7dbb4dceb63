"""What the lab declares: the catalogue's place in the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from civitas.kit.rooms import NavItem, Room

ROOM = Room(key="lab", navigation=(NavItem(_("Building blocks"), "catalogue", module="lab", order=30),))
