"""The page for who has no idea yet: a question, voices that wait for a response, ideas from other cities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from civitas.kit.languages import path_in_language
from civitas.processes.queries import standing_step
from civitas.processes.rules import is_open
from civitas.sensor.sparks import chosen_prompt, ideas_elsewhere, prompts_of, quiet_voices

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from civitas.sensor.models import Prompt
    from civitas.sensor.sparks import Elsewhere

VOICES, IDEAS = 4, 3


@login_not_required
@require_safe
def show_sparks(request: HttpRequest) -> HttpResponse:
    """Questions, voices and ideas from other cities; `?frage=` asks a certain question, `?thema=` only those of a subject."""
    city = request.city
    if city is None or not city.has_module("sensor"):
        raise Http404
    today = timezone.localdate()
    prompts = prompts_of(city)
    subjects = list({row.category.key: row.category for row in prompts if row.category}.values())
    subject = next((row for row in subjects if row.key == request.GET.get("thema")), None)
    if subject:
        prompts = [row for row in prompts if row.category_id == subject.pk]
    step = standing_step(city)
    context = {
        "prompt": _prompt(
            chosen_prompt(prompts, request.GET.get("frage", ""), today), subject.key if subject else "", alone=len(prompts) == 1
        ),
        "subjects": subjects,
        "subject": subject,
        "voices": quiet_voices(city, today, count=VOICES),
        "elsewhere": [_idea(request, idea) for idea in ideas_elsewhere(city, today, count=IDEAS)],
        "may_give": bool(step and is_open(step)),
    }
    return render(request, "sensor/sparks.html", context)


def _prompt(chosen: tuple[Prompt, Prompt] | None, subject: str, *, alone: bool) -> dict[str, Any] | None:
    if chosen is None:
        return None
    prompt, following = chosen
    category = {"category": prompt.category.key} if prompt.category else {}
    next_query = urlencode({"frage": following.key, **({"thema": subject} if subject else {})})
    return {
        "text": str(prompt.text),
        "category": prompt.category,
        "give_url": f"{reverse('give')}?{urlencode({'frage': prompt.key, **category})}",
        "next_url": "" if alone else f"{reverse('sparks')}?{next_query}",
    }


def _idea(request: HttpRequest, idea: Elsewhere) -> dict[str, Any]:
    host = request.get_host()
    # The visitor's own port: whoever reached this city on it reaches the others on it too.
    port = f":{host.rpartition(':')[2]}" if ":" in host else ""
    url = f"{settings.SITE_SCHEME}://{idea.host}{port}{path_in_language(idea.item.path, request.language)}"
    note = _("I saw this idea in %(city)s: %(url)s") % {"city": idea.city.name, "url": url}
    wish = urlencode({"title": idea.item.title, "text": f"{note}\n\n"})
    return {"item": idea.item, "city": idea.city, "url": url, "wish_url": f"{reverse('give')}?{wish}"}
