"""Pictures and videos in which people can be recognised: they need consent, and go when it is taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from civitas.contributions.counts import keeping_counts
from civitas.contributions.models import Attachment, Contribution
from civitas.contributions.words import tell_taken_out
from civitas.kit.rooms import Purpose
from civitas.media.actions import drop_file, set_public
from civitas.outbox.actions import enqueue_many
from civitas.people.actors import Actor
from civitas.people.consents import give_consent

if TYPE_CHECKING:
    from collections.abc import Collection

    from civitas.cities.models import City
    from civitas.people.actors import Channel
    from civitas.people.models import Participant

PICTURES = "pictures"
# The task that takes a file away whose consent was withdrawn.
DROP_PICTURES = "contributions.drop_pictures"


def agree_to_pictures(city: City, owner: Participant | None, channel: Channel) -> None:
    """Note that who sends pictures of people agrees that they are shown, in the wording of the form. Raises Refused."""
    if owner is not None:
        give_consent(Actor(city, owner, channel=channel), PICTURES, version=PURPOSE.version)


@transaction.atomic
def withdraw_pictures(city: City, participant: Participant) -> None:
    """Take what somebody sent in which people can be recognised out of everybody's sight at once, and have the worker take it away."""
    files = recognised_files(city, participant)
    Attachment.objects.of(city).filter(shows_people=True, file__in=files).update(withdrawn_at=timezone.now())
    set_public(city, files, public=False)
    enqueue_many(city, DROP_PICTURES, [{"file": file} for file in files])


def recognised_files(city: City, participant: Participant) -> list[int]:
    """The keys of the files shown with contributions in which somebody says that people can be recognised; one query."""
    rows = Attachment.objects.of(city).filter(shows_people=True, file__owner=participant)
    return list(rows.order_by("pk").values_list("file", flat=True))


@transaction.atomic
def drop_recognised(city: City, files: Collection[int]) -> None:
    """Take these files away for good; the words of their contributions stay. Those that are gone already do no harm."""
    rows = Attachment.objects.of(city).filter(shows_people=True, file__in=files)
    going = list(rows.select_related("file", "file__city").order_by("pk"))
    keys = {row.contribution_id for row in going}
    for contribution in Contribution.objects.of(city).filter(pk__in=keys).order_by("pk"):
        with keeping_counts(city, contribution):
            for row in going:
                if row.contribution_id == contribution.pk:
                    drop_file(row.file)
            left = Attachment.objects.of(city).filter(contribution=contribution, file__mime__startswith="image/")
            contribution.with_picture = int(left.exists())
            contribution.save(update_fields=["with_picture", "changed_at"])
    tell_taken_out(city, keys)


PURPOSE = Purpose(
    PICTURES,
    _("Pictures of people"),
    _(
        "People can be recognised in pictures or videos that I send. All of them agree that these are shown here, and so do I. "
        "For children their parents agree."
    ),
    version=1,
    withdrawal=_("If you take it back, these pictures and videos of yours go for good. Your words stay."),
    asked_by="form",
    withdraw=withdraw_pictures,
)
