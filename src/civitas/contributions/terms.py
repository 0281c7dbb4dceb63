"""What people agree to by sending something: the licence that the city chose, its terms in full, and which version held when."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from civitas.cities.queries import forget_cities
from civitas.contributions.models import Terms
from civitas.kit.packs import Fault, translations_missing
from civitas.kit.translated import Translated
from civitas.kit.verdicts import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.cities.models import City
    from civitas.kit.packs import Pack
    from civitas.people.actors import Actor

_TEXTS = Path(__file__).parent / "terms_texts"


def agreed(actor: Actor) -> int | None:
    """The version of the terms to which the actor agrees by what they send now; None for what is brought in. No query.

    Raises Refused (409) where the form showed another one, so that nobody agrees to what they have not seen.
    """
    if actor.channel == "import":
        return None
    if actor.terms is not None and actor.terms != actor.city.terms_version:
        sentence = _(
            "What you allow by sending has changed meanwhile. Please read it by the button, then send once more. Your text is kept."
        )
        raise Refused(sentence, status=409)
    return actor.city.terms_version


@cache
def house_terms() -> Translated:
    """The terms of the house, for cities that have none of their own."""
    return Translated({path.stem: path.read_text(encoding="utf-8") for path in sorted(_TEXTS.glob("*.md"))})


def check_terms(pack: Pack) -> Iterator[Fault]:
    """Terms of the city's own have to be there in all languages; the settings themselves are checked with the city's."""
    usage = pack.toml("city.toml").get("usage", {})
    if isinstance(usage, dict) and usage.get("text") and (missing := translations_missing(usage["text"])):
        yield Fault("city.toml", pack.line_of("city.toml", "[usage"), f"the terms (usage.text) lack {', '.join(missing)}")


@transaction.atomic
def load_terms(city: City, _pack: Pack) -> None:
    """Keep the terms as they are from now on: a new version where licence or words differ from the last, else nothing."""
    usage = city.config.usage
    text = Translated(usage.text) or house_terms()
    last = Terms.objects.of(city).order_by("-number").first()
    if last is None or (last.licence, last.text) != (usage.licence, text):
        last = Terms.objects.create(city=city, number=last.number + 1 if last else 1, licence=usage.licence, text=text)
    if city.terms_version != last.number:
        city.terms_version = last.number
        city.save(update_fields=["terms_version"])
        forget_cities()
