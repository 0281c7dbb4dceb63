"""Reading what is kept for answers: who gets what, templates, other bodies, departments and their people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civitas.answering.models import AssignmentRule, Body, Template
from civitas.answering.queries.desk import MOST_COUNTED, active_ones
from civitas.cities.queries import areas_of
from civitas.people.models import Membership, Organisation, Participant, Role

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from civitas.cities.models import City
    from civitas.contributions.models import Contribution

MOST_STAFF = 300
ANSWERING = (Role.EXPERT, Role.MODERATOR, Role.OWNER, Role.ADMINISTRATOR)


def rules_in_order(city: City) -> list[AssignmentRule]:
    """The city's rules of who gets what, in the order they are tried."""
    rows = AssignmentRule.objects.of(city).select_related("category", "area", "service", "process", "organisation", "person")
    return list(rows.order_by("position", "pk"))


def fits(rule: AssignmentRule, row: Contribution, district: int | None) -> bool:
    """Whether a rule takes a contribution; `district` is the one above its quarter."""
    return (
        rule.category_id in {None, row.category_id}
        and rule.service_id in {None, row.service_id}
        and rule.process_id in {None, row.process_id}
        and (rule.area_id is None or rule.area_id in {row.area_id, district})
    )


def first_fitting(city: City, rules: Iterable[AssignmentRule], row: Contribution) -> AssignmentRule | None:
    """The first rule that takes a contribution."""
    parents = {area.pk: area.parent_id for area in areas_of(city)}
    district = parents.get(row.area_id) if row.area_id else None
    return next((rule for rule in rules if fits(rule, row, district)), None)


def waiting_for_rules(city: City) -> list[Contribution]:
    """What lies with nobody, the most urgent first, at most 1,000."""
    rows = active_ones(city).filter(organisation=None, person=None).select_related("contribution", "contribution__process")
    return [row.contribution for row in rows.order_by("due_key")[:MOST_COUNTED]]


def would_go(city: City, rules: list[AssignmentRule], rows: list[Contribution]) -> dict[int, list[Contribution]]:
    """Which contributions would go by which rule (its id), the first that fits; no query where the areas are known."""
    taken: dict[int, list[Contribution]] = {}
    for row in rows:
        rule = first_fitting(city, rules, row)
        if rule:
            taken.setdefault(rule.pk, []).append(row)
    return taken


def templates_of(city: City) -> list[Template]:
    """The city's answer templates by title."""
    return list(Template.objects.of(city).order_by("title", "pk")[:500])


def bodies_of(city: City) -> list[Body]:
    """Bodies that things are handed over to, by name, without those that are retired."""
    return list(Body.objects.of(city).filter(retired_at=None).order_by("name", "pk")[:500])


def departments_of(city: City) -> list[Organisation]:
    """The departments of the city by name."""
    rows = Organisation.objects.of(city).filter(kind=Organisation.Kind.DEPARTMENT).defer("description")
    return list(rows.order_by("name", "pk"))


def colleagues(city: City) -> list[Participant]:
    """Who answers for the city, by name, at most 300; one query."""
    held = Membership.objects.of(city).filter(role__in=ANSWERING)
    people = Participant.objects.of(city).filter(pk__in=held.values("participant"), erased_at=None)
    return list(people.exclude(pseudonym="").order_by("pseudonym", "pk")[:MOST_STAFF])


def experts_of(city: City, organisation: int) -> list[UUID]:
    """Whom to tell in a department: its experts, at most 50."""
    rows = Membership.objects.of(city).filter(organisation=organisation, role__in=[Role.EXPERT, Role.OWNER], participant__erased_at=None)
    return list(rows.order_by("pk").values_list("participant__uid", flat=True)[:50])


def editors_of(city: City) -> list[UUID]:
    """Whom to tell of what lies with nobody: the editorial team, at most 50."""
    rows = Membership.objects.of(city).filter(role=Role.MODERATOR, participant__erased_at=None)
    return list(rows.order_by("pk").values_list("participant__uid", flat=True)[:50])
