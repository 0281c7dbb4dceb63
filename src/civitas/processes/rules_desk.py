"""The pages of rules: what holds in the city or in one process, in words; each section is changed on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from civitas.cities.models import City
from civitas.kit.ids import read_key
from civitas.kit.languages import LABELS
from civitas.kit.schema_forms import SchemaForm, names_in, sections_of, title_of
from civitas.kit.translated import KEYS
from civitas.kit.verdicts import Refused
from civitas.people.actors import Actor
from civitas.processes.actions import change_rules, checked_rules
from civitas.processes.effects import changes_in_words, ground_of, hits_of, section_effects
from civitas.processes.history import changes_of
from civitas.processes.models import Process
from civitas.processes.policies import CITY_ONLY, PAIRS, Rules, rules_of
from civitas.processes.retention import kept_of
from civitas.processes.rules import may_read_rules, may_set_rules

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.processes.actions import RulesChange
    from civitas.processes.effects import Ground

MOST_PROCESSES = 200
# Sections whose change reaches far: what it does is shown before it is saved.
PREVIEWED = {"check", "election", "keep"}
# Sections of which people may think that they touch what stands already.
_ONLY_NEW = {"check", "words", "comments", "election"}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_rules(request: HttpRequest, slug: str = "") -> HttpResponse:
    """What holds, in words, for everybody of the team; `?teil=` is the section that somebody changes."""
    actor, process = _entered(request, slug)
    asked = request.GET.get("teil", "")
    if asked or request.method == "POST":
        if asked not in sections_of(Rules) or not _names(asked, process):
            raise Http404
        may_set_rules(actor, process).require()
        return _edit(request, actor, process, asked)
    city, rules = actor.city, rules_of(actor.city, process)
    ground = ground_of(city, process)
    own = set(process.rules) if process else set()
    sections = [
        {
            "key": key,
            "title": title,
            "said": said,
            "own": [title_of(Rules, name) for name in _names(key, process) if name in own and not _is_second(name)],
            "url": f"{_address(process)}?teil={key}",
        }
        for key, title in sections_of(Rules).items()
        if (said := section_effects(key, rules, ground) if _names(key, process) else [])
    ]
    context = {
        "city": city,
        "process": process,
        "sections": sections,
        "sets": bool(may_set_rules(actor, process)),
        "kept": []
        if process
        else [{"label": each.label, "months": round(each.days / 30.4)} for each in kept_of(city, rules) if not each.setting],
        "others": [] if process else _others(city),
        "changes": changes_of(city, process),
    }
    return render(request, "processes/staff_rules.html", context)


def _entered(request: HttpRequest, slug: str) -> tuple[Actor, Process | None]:
    """The actor with its city as it is now (the one of the request may be some seconds old), and the process, for whoever may read."""
    if request.city is None:
        raise Http404
    may_read_rules(request.actor).require()
    known = request.actor
    city = City.objects.get(pk=request.city.pk)
    actor = Actor(city, known.participant, known.roles, known.channel, known.source)
    if not slug:
        return actor, None
    process = Process.objects.of(city).filter(slug=slug).first()
    if process is None:
        raise Http404
    process.city = city
    return actor, process


def _address(process: Process | None) -> str:
    return reverse("process_rules", args=[process.slug]) if process else reverse("rules")


def _names(section: str, process: Process | None) -> list[str]:
    """The settings of a section that can be set here."""
    return [name for name in names_in(Rules, section) if process is None or name not in CITY_ONLY]


def _is_second(name: str) -> bool:
    return any(name == second for _first, second in PAIRS)


def _others(city: City) -> list[dict[str, Any]]:
    """Every process of the city with how many rules it has of its own; one query."""
    rows = (
        Process.objects.of(city).exclude(state=Process.State.ARCHIVED).only("city_id", "slug", "title", "rules").order_by("-made_at", "-pk")
    )
    return [{"title": row.title, "slug": row.slug, "own": sum(not _is_second(name) for name in row.rules)} for row in rows[:MOST_PROCESSES]]


def _edit(request: HttpRequest, actor: Actor, process: Process | None, section: str) -> HttpResponse:
    city, names = actor.city, _names(section, process)
    held = process.rules if process else rules_of(city).model_dump(mode="json")
    above = rules_of(city).model_dump(mode="json") if process else None
    typed = request.POST if request.method == "POST" else None
    languages = [(KEYS[code], str(LABELS[code])) for code in city.config.languages]
    form = SchemaForm(Rules, typed, value=held, languages=languages, only=names, above=above, above_words=_("As the city"))
    ground, version = ground_of(city, process), (process or city).rules_version
    change: RulesChange | None = None
    status, quicker = 200, False
    if typed is not None:
        status = 422
        if form.is_valid():
            try:
                _kept, change = checked_rules(actor, process, form.typed, as_city=form.followed)
                if not _waits_for_yes(request, section, change):
                    sent = read_key(request.POST.get("version", "")) or 0
                    change = change_rules(actor, city, process, form.typed, sent, as_city=form.followed)
                    _say(request, change, section, ground)
                    return redirect(_address(process))
            except Refused as refused:
                change, quicker, status = None, refused.status == 409, refused.status if refused.status == 409 else 422
                form.refuse(refused.fields, "" if quicker else refused.reason)
            else:
                status = 200
    rules = rules_of(city, process)
    words = form.value.get("words", rules.words) if typed is not None and form.is_valid() else rules.words
    context = {
        "city": city,
        "process": process,
        "section": section,
        "title": sections_of(Rules)[section],
        "said": section_effects(section, rules, ground),
        "form": form,
        "version": version,
        "quicker": quicker,
        "coming": changes_in_words(change.before, change.after, ground) if change else [],
        "asks": bool(change) and "look" not in request.POST,
        "previews": section in PREVIEWED,
        "looks": section == "words",
        "hits": hits_of(words, ground) if section == "words" else None,
        "only_new": section in _ONLY_NEW,
        "back": _address(process),
    }
    return render(request, "processes/staff_rules_edit.html", context, status=status)


def _waits_for_yes(request: HttpRequest, section: str, change: RulesChange) -> bool:
    """Whether the change is only shown for now: asked for, or because it reaches far and nobody has said yes to it."""
    if "look" in request.POST:
        return True
    return section in PREVIEWED and bool(change.names) and "sure" not in request.POST


def _say(request: HttpRequest, change: RulesChange, section: str, ground: Ground) -> None:
    if not change.names:
        messages.info(request, _("Saved. Nothing is otherwise than before."))
        return
    said = [_("From now on:"), *changes_in_words(change.before, change.after, ground)]
    if section in _ONLY_NEW:
        said.append(_("Nothing that stands already is touched."))
    messages.success(request, " ".join(said))
