"""The subjects of a process's own, into which people sort what they give: put there, named in every language, moved, taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from civitas.cities.walls import across_cities
from civitas.journal.actions import record
from civitas.kit.relations import referring
from civitas.kit.verdicts import Refused
from civitas.processes.actions import add_category
from civitas.processes.models import Category, Process
from civitas.processes.removing import keep_from_pack
from civitas.processes.rules import may_steer
from civitas.processes.template_files import MOST_TOPICS

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from civitas.cities.models import City
    from civitas.kit.translated import Translated
    from civitas.people.actors import Actor


def topics_of(city: City, process: Process) -> QuerySet[Category]:
    """The process's own subjects in their order; none where people choose from the city's."""
    return Category.objects.of(city).filter(process=process).order_by("position", "key")


@transaction.atomic
def put_topic(actor: Actor, process: Process, *, name: Translated, after: str, row: Category | None = None, was: str = "") -> Category:
    """A subject, new or changed, after the one with this key ('' = the first). The same form sent twice makes one.

    `was` is the German name that whoever changes it has read. Raises Refused: 409 where somebody changed it since or there are too many,
    400 at `name` where another is called so.
    """
    may_steer(actor, process).require()
    Process.objects.of(actor.city).select_for_update(of=("self",)).get(pk=process.pk)  # one after the other
    others = [each for each in topics_of(actor.city, process) if row is None or each.pk != row.pk]
    german = name.in_language("de")
    if row is None:
        known = next((each for each in others if each.name == name), None)
        if known is not None:
            return known
        if len(others) >= MOST_TOPICS:
            raise Refused(_("There are %(most)d already. Nobody finds their way among more.") % {"most": MOST_TOPICS}, status=409)
    else:
        row = topics_of(actor.city, process).filter(pk=row.pk).first()
        if row is None or row.name.in_language("de") != was:
            raise Refused(_("Someone else changed this meanwhile. Please compare and save yours again; it is kept."), status=409)
    if any(each.name.in_language("de").casefold() == german.casefold() for each in others):
        sentence = _("There is one of this name already.")
        raise Refused(sentence, fields={"name": sentence}, status=400)
    if row is None:
        row = add_category(actor, process, german)
    row.name = name
    row.save(update_fields=["name"])
    place = next((number for number, each in enumerate(others, 1) if each.key == after), 0)
    for position, each in enumerate([*others[:place], row, *others[place:]]):
        if each.position != position:
            Category.objects.of(actor.city).filter(pk=each.pk).update(position=position)
    keep_from_pack(process, "category")
    record(actor.city, by=actor.uid, verb="category.set", subject=f"category:{row.pk}")
    return row


@transaction.atomic
def remove_topic(actor: Actor, process: Process, row: Category) -> None:
    """Take a subject away into which nothing was sorted; raises Refused (409) for one that is used."""
    may_steer(actor, process).require()
    Process.objects.of(actor.city).select_for_update(of=("self",)).get(pk=process.pk)
    if is_used(actor.city, row):
        raise Refused(_("Something is sorted into it, so it cannot go. You can give it another name."), status=409)
    with across_cities("what hangs on the row is found by the row's own id, and there is nothing"):
        topics_of(actor.city, process).filter(pk=row.pk).delete()
    keep_from_pack(process, "category")
    record(actor.city, by=actor.uid, verb="category.removed", subject=f"category:{row.pk}")


def is_used(city: City, row: Category) -> bool:
    """Whether anything in the house refers to it, whichever room knows it."""
    return any(table.objects.of(city).filter(**{column: row.pk}).exists() for table, column in referring(Category))
