"""Giving a contribution: one form for every step that collects, and the page that says thanks."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import get_script_prefix, reverse
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from civitas.cities.maps import map_panel
from civitas.contributions.actions import submit_contribution
from civitas.contributions.forms import GiveForm, kept_texts
from civitas.contributions.hints import hint_for
from civitas.contributions.models import Contribution
from civitas.contributions.places import begun_at, look_for_place, place_part
from civitas.contributions.queries import given_lately
from civitas.contributions.rules import is_author, may_see, may_submit
from civitas.contributions.uploads import take_files
from civitas.kit.languages import html_language
from civitas.kit.redirects import SeeOther
from civitas.kit.translated import Translated
from civitas.kit.verdicts import Refused
from civitas.people.actions import change_guest_mail, change_pseudonym, claim_token, make_guest, participant_of
from civitas.people.actors import Actor, remember_guest
from civitas.processes.registry import method_of
from civitas.processes.rules import may_see_process
from civitas.processes.windows import StepState, state_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from civitas.cities.models import City
    from civitas.contributions.hints import Hint
    from civitas.kit.verdicts import Verdict
    from civitas.people.models import Participant
    from civitas.processes.models import Process, Step

# What an address may fill in beforehand: /geben?title=…
_PREFILLED = ("kind", "title", "text", "audience", "proposal", "benefit", "category", "service", "area", "lat", "lon", "place_name")
# On its map a place is chosen.
_PICKING = {"pick": True}


def give(request: HttpRequest, step: Step, *, template: str, context: Mapping[str, Any] | None = None) -> HttpResponse:
    """The page on which people give in a step, in every state: `template` includes `contributions/_give_form.html`.

    A form that is refused comes back with a sentence beside each field and all that was typed; one that comes after
    closing (409) shows the texts to copy. What was taken leads to the thanks page (303).
    """
    may_see_process(request.actor, step.process).require()
    settings = method_of(step).settings_of(step)
    verdict = may_submit(request.actor, step, settings.kinds[0])
    if request.method != "POST":
        initial = {name: request.GET[name] for name in _PREFILLED if request.GET.get(name)}
        initial |= begun_at(request.city, request.GET.get("ort", ""))
        form = GiveForm(request.actor, step, settings=settings, initial=initial) if verdict else None
        return _page(request, step, template, context, form, verdict, settings)
    looked = look_for_place(request.city, request.POST)
    if looked is not None and verdict:
        form = GiveForm(request.actor, step, settings=settings, initial=looked.typed)
        return _page(request, step, template, {**(context or {}), "looked": looked}, form, verdict, settings)
    form = GiveForm(request.actor, step, request.POST, request.FILES, settings=settings)
    known = _given_before(request, form)
    if known is not None:
        return _thank(known, guest=known.author if form.is_sealed else None)
    if not verdict:
        return _page(request, step, template, context, None, verdict, settings, kept=kept_texts(request.POST), status=verdict.status)
    if "picture" in form.fields:
        form.given = take_files(request.actor, request)
    if not form.is_valid():
        return _page(request, step, template, context, form, verdict, settings, status=422)
    known = given_lately(
        request.city, request.actor.participant, step=step, title=form.cleaned_data["title"], text=form.cleaned_data["text"]
    )
    if known is not None:
        return _thank(known, guest=None)
    try:
        given, guest = _submit(request, step, form)
    except Refused as refusal:
        known = _given_before(request, form)  # the same form, sent twice in the same instant
        if known is not None:
            return _thank(known, guest=known.author if form.is_sealed else None)
        form.refuse(refusal)
        return _page(request, step, template, context, form, verdict, settings, status=refusal.status)
    return _thank(given, guest=guest)


def _page(
    request: HttpRequest,
    step: Step,
    template: str,
    context: Mapping[str, Any] | None,
    form: GiveForm | None,
    verdict: Verdict,
    settings: Any,
    *,
    kept: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = {
        "step": step,
        "process": step.process,
        "form": form,
        "question": str(Translated(settings.question)) or str(step.process.question),
        "state": _state_of(step, verdict),
        "reason": verdict.reason,
        "kept": kept,
        "map": map_panel(request.city) | _PICKING | {"places_url": reverse("places")} if form and "lat" in form.fields else None,
        "place": place_part(request.city, form) if form and "lat" in form.fields else None,
        "looked": None,
        "draft_key": f"give-{step.pk}",
        "process_url": process_url(step.process, request.city),
        "sign_in_url": f"{reverse('account_login')}?{urlencode({'next': request.path})}",
        "hint": _hint_to(request, form) if form and form.is_bound else None,
    }
    return render(request, template, {**shown, **(context or {})}, status=status)


def _hint_to(request: HttpRequest, form: GiveForm) -> Hint | None:
    """For who writes without JavaScript: the hint that others get while they write."""
    text = ". ".join(str(form.data.get(name, "")) for name in ("title", "text", "proposal"))
    return hint_for(request.city, text, place=str(form.data.get("place_name", ""))[:160], language=request.language)


def _state_of(step: Step, verdict: Verdict) -> str:
    """What the page shows: open, planned, closed, or sign_in where only that is missing."""
    state = state_of(step)
    if verdict:
        return StepState.OPEN.value
    if state is StepState.OPEN:  # its window is, but the process is a draft or archived, or the person has to sign in
        return "sign_in" if verdict.status == 403 else StepState.CLOSED.value
    return state.value


def process_url(process: Process, city: City) -> str:
    """Where a process is told about: its page, or the front page where the city shows none."""
    if process.is_standing or not city.has_module("processes"):
        return get_script_prefix()
    return reverse("process", args=[process.slug])


def _given_before(request: HttpRequest, form: GiveForm) -> Contribution | None:
    try:
        uid = UUID(request.POST.get("uid", ""))
    except ValueError:
        return None
    known = Contribution.objects.of(request.city).select_related("author").filter(uid=uid).exclude(number=None).first()
    return known if known and (is_author(request.actor, known) or form.is_sealed) else None


def _submit(request: HttpRequest, step: Step, form: GiveForm) -> tuple[Contribution, Participant | None]:
    with transaction.atomic():
        person = _giver(request, form)
        known = request.actor
        actor = Actor(known.city, person, known.roles, known.channel, known.source)
        language = html_language(request.language)
        given = submit_contribution(actor, step, **form.chosen, language=language, files=form.given.shown)
    return given, person if person.is_guest else None


def _giver(request: HttpRequest, form: GiveForm) -> Participant:
    data, person = form.cleaned_data, request.actor.participant
    if person is None and request.user.is_authenticated:
        person = participant_of(request.city, request.user, language=request.language)
    if person is None:
        return make_guest(request.city, pseudonym=data.get("pseudonym", ""), language=request.language, mail=data.get("mail", ""))
    if data.get("pseudonym") and data["pseudonym"] != person.pseudonym:
        change_pseudonym(person, data["pseudonym"])
    if person.is_guest and data.get("mail") and data["mail"] != person.guest_mail:
        change_guest_mail(person, data["mail"])
    return person


def _thank(given: Contribution, *, guest: Participant | None) -> HttpResponse:
    response = SeeOther(reverse("thanks", args=[given.number]))
    if guest is not None and guest.is_guest:
        remember_guest(response, guest)
    return response


@login_not_required
@require_safe
def show_thanks(request: HttpRequest, number: int) -> HttpResponse:
    """Thanks by name, what happens next and when, and how to hear of it."""
    if request.city is None:
        raise Http404
    rows = Contribution.objects.of(request.city).select_related("author", "process", "step")
    given = rows.filter(number=number).first()
    if given is None:
        raise Http404
    may_see(request.actor, given).require()
    if not is_author(request.actor, given):
        return redirect(given.path)
    person = given.author
    context = {
        "given": given,
        "person": person,
        "hint": hint_for(request.city, f"{given.title}. {given.text}. {given.proposal}", place=given.place_name, language=given.language),
        "waits": given.visibility == Contribution.Visibility.WAITING,
        "answer_by": localtime(given.given_at) + dt.timedelta(days=request.city.config.promise_days),
        "to_confirm": person.guest_mail if person.is_guest and not person.guest_mail_confirmed_at else "",
        "claim_path": f"/zuordnen/{claim_token(person)}" if person.is_guest else "",
        "draft_key": f"give-{given.step_id}",
        "process_url": process_url(given.process, request.city),
    }
    return render(request, "contributions/thanks.html", context)
