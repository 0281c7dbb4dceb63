"""The files that come with a contribution's form: kept before the contribution is written, dropped where it is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civitas.media.actions import drop_file, keep_picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from civitas.contributions.forms import GiveForm
    from civitas.media.models import MediaFile
    from civitas.people.actors import Actor
    from civitas.people.models import Participant


def keep_uploads(actor: Actor, form: GiveForm) -> list[tuple[MediaFile, str]]:
    """Keep what a checked form brings, each with its alternative text. Before the transaction: scaling takes a second, in which
    others may write. Raises Refused with a sentence at the field."""
    data = form.cleaned_data
    if not data.get("picture"):
        return []
    return [(keep_picture(actor, data["picture"], size=data["picture"].size), data["alt"])]


def hand_uploads(files: Sequence[tuple[MediaFile, str]], person: Participant) -> None:
    """The files belong to whoever gives: a guest may be made only now."""
    for file, _alt in files:
        if file.owner_id != person.pk:
            file.owner = person
            file.save(update_fields=["owner"])


def drop_uploads(files: Sequence[tuple[MediaFile, str]]) -> None:
    """Take the files away again."""
    for file, _alt in files:
        drop_file(file)
