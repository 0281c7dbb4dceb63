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
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from civitas.cities.maps import map_panel
from civitas.cities.queries import area_at
from civitas.contributions.actions import submit_contribution
from civitas.contributions.drafts import draft_of, drafts_of
from civitas.contributions.drawings import checked_drawing, drawing_in_words
from civitas.contributions.forms import GiveForm, kept_texts
from civitas.contributions.hints import hint_for
from civitas.contributions.machines import asks_proof
from civitas.contributions.models import WORDS, Contribution
from civitas.contributions.places import begun_at, look_for_place, place_part
from civitas.contributions.queries import contribution_by_uid, given_lately
from civitas.contributions.rules import is_author, may_develop, may_see, may_submit
from civitas.contributions.sketches import sketch_of
from civitas.contributions.uploads import take_files
from civitas.contributions.waiting import why_waiting
from civitas.kit.languages import html_language
from civitas.kit.redirects import SeeOther
from civitas.kit.sealed_forms import sealed
from civitas.kit.templatetags.kit import localized
from civitas.kit.texts import cleaned, cleaned_line
from civitas.kit.translated import Translated
from civitas.kit.verdicts import Refused
from civitas.media.models import MediaFile
from civitas.people.actions import change_guest_mail, change_pseudonym, claim_token, make_guest, participant_of
from civitas.people.actors import Actor, remember_guest
from civitas.people.models import Participant
from civitas.people.suspensions import may_come_in
from civitas.processes.policies import promised_days
from civitas.processes.registry import method_of
from civitas.processes.rules import may_see_process
from civitas.processes.windows import StepState, state_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from civitas.cities.models import City
    from civitas.contributions.hints import Hint
    from civitas.contributions.models import Draft
    from civitas.contributions.waiting import Wait
    from civitas.kit.verdicts import Verdict
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
        draft = _asked_draft(request)
        if draft is not None and draft.step_id != step.pk:
            return redirect(localized(draft.path))
        form = GiveForm(request.actor, step, settings=settings, initial=_beginning(request, draft)) if verdict else None
        kept = kept_texts(draft.typed) if draft and not form else None
        return _page(request, step, template, context, form, verdict, settings, kept=kept, draft=draft)
    looked = look_for_place(request.city, request.POST)
    if looked is not None and verdict:
        form = GiveForm(request.actor, step, settings=settings, initial=looked.typed)
        return _page(request, step, template, {**(context or {}), "looked": looked}, form, verdict, settings)
    form = GiveForm(request.actor, step, request.POST, request.FILES, settings=settings)
    known = _given_before(request, form)
    if known is not None and _same_words(known, request.POST) and "preview" not in request.POST:
        return _thank(known, guest=known.author if form.is_sealed else None)
    if not verdict:
        return _page(request, step, template, context, None, verdict, settings, kept=kept_texts(request.POST), status=verdict.status)
    if "picture" in form.fields:
        form.given = take_files(request.actor, request)
    if "preview" in request.POST:
        return _show_preview(request, step, template, context, form, verdict, settings)
    if known is None and not form.is_valid():
        return _page(request, step, template, context, form, verdict, settings, status=422)
    try:
        given, guest = _take(request, step, form, known)
    except Refused as refusal:
        form.refuse(refusal)
        return _page(request, step, template, context, form, verdict, settings, status=refusal.status)
    return _thank(given, guest=guest)


def _take(request: HttpRequest, step: Step, form: GiveForm, known: Contribution | None) -> tuple[Contribution, Participant | None]:
    """The contribution that the form makes, or made a moment ago, and the guest who gave it (None if known); raises Refused."""
    if known is not None:
        form.renew()
        sentence = _(
            "You have already sent this form, with other words. Your text is kept. Sent again, it becomes a contribution of its own."
        )
        raise Refused(sentence, status=409)
    data = form.cleaned_data
    lately = given_lately(request.city, request.actor.participant, step=step, title=data["title"], text=data["text"])
    if lately is not None and _same_words(lately, request.POST):
        return lately, None
    original = _original(request, str(data["builds_on"] or ""))
    if data["builds_on"] and original is None:
        form.leave("builds_on")
        raise Refused(_("The contribution that you build on is not shown any more. Without it you can still send yours."), status=409)
    try:
        return _submit(request, step, form, original)
    except Refused:
        twin = _given_before(request, form)  # the same form, sent twice in the same instant
        if twin is None:
            raise
        return twin, twin.author if form.is_sealed else None


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
    draft: Draft | None = None,
    preview: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    bound = str(form["builds_on"].value() or "") if form else ""
    person = request.actor.participant
    signed_in = bool(request.user.is_authenticated and person and not person.is_guest)
    shown = {
        "step": step,
        "process": step.process,
        "form": form,
        "wait": why_waiting(expected_giver(request), step, what="contributions") if form else None,
        "proof": form is not None and wants_proof(request),
        "answer_days": promised_days(request.city, step.process),
        "question": str(Translated(settings.question)) or str(step.process.question),
        "state": _state_of(request, step, verdict),
        "last": 3 if form and form.fields.keys() & {"place_name", "picture", "files"} else 2,
        "reason": verdict.reason,
        "kept": kept,
        "map": map_panel(request.city) | _PICKING | {"places_url": reverse("places")} if form and "lat" in form.fields else None,
        "place": place_part(request.city, form) if form and "lat" in form.fields else None,
        "looked": None,
        "draft_key": f"draft-{draft.uid}" if draft else f"give-{step.pk}",
        "draft_url": reverse("keep_draft", args=[step.process.slug, step.position]) if signed_in else "",
        "drafts": _others(person, step) if signed_in and form and not form.is_bound and not draft else [],
        "original": _original(request, bound) if form else None,
        "preview": preview,
        "process_url": process_url(step.process, request.city),
        "sign_in_url": f"{reverse('account_login')}?{urlencode({'next': request.path})}",
        "hint": _hint_to(request, form) if form and form.is_bound else None,
    }
    return render(request, template, {**shown, **(context or {})}, status=status)


def _hint_to(request: HttpRequest, form: GiveForm) -> Hint | None:
    """For who writes without JavaScript: the hint that others get while they write."""
    text = ". ".join(str(form.data.get(name, "")) for name in ("title", "text", "proposal"))
    return hint_for(request.city, text, place=str(form.data.get("place_name", ""))[:160], language=request.language)


def _asked_draft(request: HttpRequest) -> Draft | None:
    """The draft of one's own that the address names."""
    try:
        return draft_of(request.actor.participant, UUID(request.GET.get("entwurf", "")))
    except ValueError:
        return None


def _beginning(request: HttpRequest, draft: Draft | None) -> dict[str, Any]:
    """What the form begins with: what the address fills in, a draft, a place, a contribution to build on."""
    initial = {name: request.GET[name] for name in _PREFILLED if request.GET.get(name)}
    initial |= begun_at(request.city, request.GET.get("ort", "")) | begun(draft)
    if original := _original(request, request.GET.get("weiter", "")):
        initial["builds_on"] = str(original.number)
    return initial


def _others(person: Participant | None, step: Step) -> list[Draft]:
    return [row for row in drafts_of(person) if row.step_id == step.pk] if person else []


def begun(draft: Draft | None) -> dict[str, Any]:
    """What a form begins with that goes on with a draft."""
    if draft is None:
        return {}
    return {**draft.typed, "uid": draft.uid, "seal": sealed(draft.uid), "draft_version": draft.version}


def _original(request: HttpRequest, number: str) -> Contribution | None:
    """The contribution under this number that one may build on."""
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    found = Contribution.objects.of(request.city).select_related("author").filter(number=int(number)).first()
    return found if found is not None and may_develop(request.actor, found) else None


def _same_words(known: Contribution, data: Mapping[str, str]) -> bool:
    """Whether a form that was sent again still says what it said."""
    if known.visibility not in {Contribution.Visibility.WAITING, Contribution.Visibility.PUBLISHED} or known.version > 1:
        return True  # mended or decided on since: what it said then is nobody's question here
    lines = {"title", "audience"}
    return all((cleaned_line if name in lines else cleaned)(data.get(name, "")) == getattr(known, name) for name in WORDS)


def _show_preview(
    request: HttpRequest,
    step: Step,
    template: str,
    context: Mapping[str, Any] | None,
    form: GiveForm,
    verdict: Verdict,
    settings: Any,
) -> HttpResponse:
    """How it will look: as a fragment for the page that asked for it, else with the whole page. Writes nothing."""
    preview = preview_of(request, form)
    if request.headers.get("X-Part"):
        return render(request, "contributions/_give_preview.html", {"preview": preview, "form": form})
    # On the whole page the summary above the form says what is missing.
    return _page(request, step, template, context, form, verdict, settings, preview={**preview, "faults": False})


def preview_of(request: HttpRequest, form: GiveForm) -> dict[str, Any]:
    """What `contributions/_give_preview.html` shows of a bound form: a contribution that is kept nowhere, and who gives it."""
    form.is_valid()
    data = form.cleaned_data
    for name in form.fields:  # what is refused is shown as typed
        data.setdefault(name, str(form.data.get(name, "")))
    chosen = form.chosen
    plain = {name: chosen[name] for name in ("kind", *WORDS, "place_name")}
    row = Contribution(city=request.city, given_at=timezone.now(), language=html_language(request.language), **plain)
    row.category, row.service, row.area, row.organisation = (chosen[name] for name in ("category", "service", "area", "organisation"))
    person = request.actor.participant
    name = data.get("pseudonym") or (person.pseudonym if person else "")
    drawing, lat, lon = chosen.get("drawing"), chosen["lat"], chosen["lon"]
    if drawing:
        _drawn, lat, lon = checked_drawing(request.city, drawing)
    on_map = isinstance(lat, float) and isinstance(lon, float)  # what is no number stands here as it was typed
    if on_map:
        row.area = area_at(request.city, lat, lon) or row.area
    return {
        "row": row,
        "name": name,
        "on_map": on_map,
        "drawn": drawing_in_words(drawing),
        "sketch": sketch_of(drawing),
        "faults": bool(form.errors),
    }


def _state_of(request: HttpRequest, step: Step, verdict: Verdict) -> str:
    """What the page shows: open, planned, closed, sign_in where that helps, class where it is open to others, or refused."""
    state, person = state_of(step), request.actor.participant
    if verdict:
        return StepState.OPEN.value
    if state is not StepState.OPEN:
        return state.value
    if person is not None and person.is_pupil:
        return "class"
    if verdict.status != 403:  # its window is open, but the process is a draft or archived
        return StepState.CLOSED.value
    return "refused" if request.user.is_authenticated or not may_come_in(request.actor) else "sign_in"


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
    known = contribution_by_uid(request.city, uid)
    return known if known and known.number and (is_author(request.actor, known) or form.is_sealed) else None


def _submit(request: HttpRequest, step: Step, form: GiveForm, original: Contribution | None) -> tuple[Contribution, Participant | None]:
    with transaction.atomic():
        person = _giver(request, form)
        actor = request.actor.by(person)
        language = html_language(request.language)
        given = submit_contribution(actor, step, **form.chosen, language=language, files=form.given.shown, builds_on=original)
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
    rows = Contribution.objects.of(request.city).select_related("author", "process", "step", "area")
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
        "checks_files": given.attachments.of(request.city).exclude(file__state=MediaFile.State.READY).exists(),
        "wait": _wait_of(request, given),
        "answer_by": localtime(given.given_at) + dt.timedelta(days=promised_days(request.city, given.process)),
        "to_confirm": person.guest_mail if person.is_guest and not person.guest_mail_confirmed_at else "",
        "has_mail": not person.is_guest or bool(person.guest_mail),
        "area": given.area if not person.is_guest or person.guest_mail_confirmed_at else None,
        "claim_path": f"/zuordnen/{claim_token(person)}" if person.is_guest and not person.is_pupil else "",
        "draft_key": f"give-{given.step_id} draft-{given.uid}",
        "short_address": f"{request.get_host()}/beitrag/{given.number}",
        "process_url": process_url(given.process, request.city),
    }
    return render(request, "contributions/thanks.html", context)


def expected_giver(request: HttpRequest) -> Actor:
    """Who would give from this page: signed-in people who have not taken part here yet are no guests."""
    actor: Actor = request.actor
    if actor.participant is None and request.user.is_authenticated:
        coming = Participant(city=actor.city, user=request.user, created_at=timezone.now())
        return Actor(actor.city, coming, actor.roles, actor.channel, actor.source)
    return actor


def wants_proof(request: HttpRequest) -> bool:
    """Whether a form with words asks for a proof of work from who would send it; for the context of `people/_proof.html`."""
    return asks_proof(expected_giver(request))


def _wait_of(request: HttpRequest, given: Contribution) -> Wait | None:
    """Why a contribution that waits does so, as far as it can still be told."""
    if given.visibility != Contribution.Visibility.WAITING:
        return None
    text = f"{given.title} {given.text} {given.audience} {given.proposal} {given.benefit}"
    return why_waiting(request.actor, given.step, what="contributions", text=text, process=given.process)
