"""Who makes a class, who looks after one, and when it takes somebody in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from civitas.kit.verdicts import YES, Verdict, no
from civitas.people.models import Role

if TYPE_CHECKING:
    from civitas.classes.models import SchoolClass
    from civitas.people.actors import Actor


def may_make(actor: Actor) -> Verdict:
    """Process owners and administrators make classes."""
    if actor.has(Role.OWNER, Role.ADMINISTRATOR):
        return YES
    return no(_("Only process owners and administrators make codes for school classes."))


def may_run(actor: Actor, school_class: SchoolClass, *, led_key: int | None = None) -> Verdict:
    """Who makes classes looks after each; a teacher after the one that their code has opened (`led_key` is its key)."""
    if school_class.city_id != actor.city.pk:
        return no(_("We cannot find this class."), status=404)
    return YES if led_key == school_class.pk else may_make(actor)


def takes_in(school_class: SchoolClass) -> Verdict:
    """Whether somebody can take a seat now."""
    if school_class.is_coming:
        day = date_format(localtime(school_class.opens_at), "DATE_FORMAT")
        return no(_("Your class begins on %(day)s. Please come back then.") % {"day": day}, status=409)
    if school_class.is_over:
        return no(_("The time of this class is over. Please ask your teacher."), status=409)
    return YES
