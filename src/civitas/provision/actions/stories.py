"""From a concept that its gates let through to a row of the catalogue, with the contribution that tells how that came about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from civitas.contributions.actions import announce, change_visibility, keep_new
from civitas.contributions.linking import make_links, remove_links
from civitas.contributions.models import TITLE_LENGTH, Contribution, Link, StatusEvent
from civitas.contributions.rules import may_date
from civitas.coproduction.models import Concept
from civitas.coproduction.stages import keep_stage
from civitas.journal.actions import record
from civitas.kit.ids import uuid7
from civitas.kit.texts import slugified
from civitas.kit.verdicts import Refused
from civitas.provision.actions.catalogue import bring_into, held_service
from civitas.provision.models import ServiceStory
from civitas.provision.queries.concepts import has_passed, story_from
from civitas.provision.rules import may_keep
from civitas.provision.wording import in_every_language
from civitas.services.actions import count_anew, write_service
from civitas.services.models import Service

if TYPE_CHECKING:
    import datetime as dt

    from civitas.kit.translated import Translated
    from civitas.people.actors import Actor
    from civitas.people.models import Organisation

# A service in one of these comes into the state that is chosen when a concept is tied to it; one that people use keeps its own.
_NOT_OFFERED = {Service.Status.IDEA, Service.Status.CONCEPT}


@transaction.atomic
def take_into_catalogue(
    actor: Actor,
    concept: Contribution,
    *,
    service: Service | None = None,
    name: Translated | None = None,
    summary: Translated | None = None,
    status: str = Service.Status.TRIAL,
    organisation: Organisation | None = None,
    reason: Translated | None = None,
    at: dt.datetime | None = None,
) -> ServiceStory:
    """Make a concept a service, or tie it to one that is there, with the contribution that tells how that came about and links both.

    Pressed twice, or by two people at the same instant, it happens once. `at` is when it was, for imports alone.
    Raises Refused where the concept's last gate did not say go on.
    """
    may_keep(actor, service).require()
    may_date(actor, at).require()
    city = actor.city
    if concept.city_id != city.pk or concept.kind != Contribution.Kind.CONCEPT:
        raise Refused(_("We cannot find this concept."), status=404)
    # One after the other: the second finds what the first made.
    concept = Contribution.objects.of(city).select_for_update(of=("self",)).select_related("process", "step").get(pk=concept.pk)
    if (known := story_from(city, concept)) is not None:
        return known
    if not concept.is_listed:
        raise Refused(_("This concept is not shown at the moment."), status=409)
    if not has_passed(concept):
        raise Refused(_("The last decision about this concept did not say “go on”. Only then does it become a service."), status=409)
    if organisation is not None and organisation.city_id != city.pk:
        raise Refused(_("We cannot find this in this city."), status=404)
    is_new = service is None
    row = held_service(actor, service, None) if service else _new_row(actor, name, summary, organisation)
    if is_new or (row.status in _NOT_OFFERED and row.status != status):
        bring_into(actor, row, status, reason=reason or _grown_out_of_concept(), at=at)
    story = _story(actor, concept, row, at or timezone.now())
    record(city, by=actor.uid, verb="service.from_concept", subject=f"service:{row.pk}", details={"concept": concept.pk, "new": is_new})
    return story


@transaction.atomic
def untie_concept(actor: Actor, service: Service, concept: Contribution) -> None:
    """Take back that a concept became this service: who was told gets a correction, once, and the concept is written on.

    The service stays in the catalogue as it is. Pressed twice, or by two people at the same instant, it happens once; raises Refused (409)
    for who comes second.
    """
    row = held_service(actor, service, None)
    city = actor.city
    stories = ServiceStory.objects.of(city).filter(service=row, concept=concept).select_for_update(of=("self",))
    story = stories.select_related("contribution").first()
    if story is None:
        raise Refused(_("They are not tied to each other any more."), status=409)
    remove_links(city, [(concept.pk, story.contribution_id, Link.Kind.LED_TO)], by=actor.uid)
    change_visibility(city, story.contribution, Contribution.Visibility.WITHDRAWN)
    ServiceStory.objects.of(city).filter(pk=story.pk).delete()
    keep_stage(city, *Concept.objects.of(city).filter(contribution=concept).values_list("pk", flat=True))
    details = {"concept": concept.pk, "story": story.contribution_id}
    record(city, by=actor.uid, verb="service.concept_untied", subject=f"service:{row.pk}", details=details)


def _new_row(actor: Actor, name: Translated | None, summary: Translated | None, organisation: Organisation | None) -> Service:
    if name is None or not (slug := slugified(name.in_language("de"), longest=70)):
        sentence = _("Please give the service a name.")
        raise Refused(sentence, status=400, fields={"name": sentence})
    taken = set(Service.objects.of(actor.city).filter(key__startswith=slug).values_list("key", flat=True))
    key = next(each for number in range(1, len(taken) + 2) if (each := slug if number == 1 else f"{slug}-{number}") not in taken)
    row = Service(city=actor.city, key=key, name=name, status=Service.Status.CONCEPT, organisation=organisation)
    if summary is not None:
        row.summary = summary
    row.keep_by_hand("name", "summary", "status", "organisation")
    write_service(row)
    count_anew(actor.city)
    return row


def _grown_out_of_concept() -> Translated:
    # Without the concept's words: whether they are shown is decided there.
    return in_every_language(lambda: _("It grew out of a concept that people wrote together."))


def _story(actor: Actor, concept: Contribution, service: Service, now: dt.datetime) -> ServiceStory:
    city = actor.city
    language = city.config.languages[0]
    with translation.override(language):
        title = _("How “%(name)s” came to be") % {"name": service.name}
        text = _("The service “%(name)s” grew out of a concept. Here is from which ideas it came, and who decided what.") % {
            "name": service.name
        }
    contribution = Contribution(
        city=city,
        uid=uuid7(),
        process=concept.process,
        step=concept.step,
        kind=Contribution.Kind.SERVICE_STORY,
        organisation=service.organisation,
        title=title[:TITLE_LENGTH],
        text=text,
        language=language,
        category_id=concept.category_id,
        area_id=concept.area_id,
        service=service,
        given_at=now,
    )
    keep_new(city, [contribution])
    StatusEvent.objects.create(city=city, contribution=contribution, status=contribution.status, at=now)
    ends = {"service": service, "contribution": contribution, "concept": concept}
    story = ServiceStory.objects.create(city=city, **ends, made_at=now, by=actor.participant)
    make_links(city, [(concept.pk, contribution.pk, Link.Kind.LED_TO)], by=actor.uid)
    announce(city, contribution)
    return story
