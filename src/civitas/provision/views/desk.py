"""The service desk: what is due, every service, one with all that the team does about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civitas.kit.languages import LABELS
from civitas.kit.redirects import SeeOther
from civitas.kit.refusals import take_up
from civitas.kit.translated import KEYS
from civitas.kit.verdicts import Refused
from civitas.lineage.news import told_of_event
from civitas.processes.blueprints import house_blueprints
from civitas.processes.rules import may_steer
from civitas.provision.actions import asking, catalogue, looking
from civitas.provision.forms import (
    BeginForm,
    IndicatorForm,
    LookForm,
    NewServiceForm,
    ProviderForm,
    ServiceForm,
    StateForm,
)
from civitas.provision.hops import STATE
from civitas.provision.pages import catalogue_context, state_of
from civitas.provision.queries import desk, one
from civitas.provision.queries.catalogue import service_by_key
from civitas.provision.rules import may_keep, may_read_desk
from civitas.services.models import WORDS, Indicator, Service

if TYPE_CHECKING:
    from django.forms import Form
    from django.http import HttpRequest, HttpResponse

    from civitas.cities.models import City
    from civitas.processes.forms import CityForm

_READ_WRITE = require_http_methods(["GET", "HEAD", "POST"])


def entered(request: HttpRequest) -> City:
    """The city, for whoever works for it; others are refused (403), where it shows no services there is no desk (404)."""
    city: City | None = request.city
    if city is None or not city.has_module("services"):
        raise Http404
    may_read_desk(request.actor).require()
    return city


def _service(request: HttpRequest, key: str) -> Service:
    service = service_by_key(entered(request), key)
    if service is None:
        raise Http404
    return service


@never_cache
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    """Every service with its state and who provides it; above it what is due."""
    city = entered(request)
    due = desk.due_indicators(city)
    context = catalogue_context(city, request.GET) | {
        "path": reverse("staff_services"),
        "due": list(due[: desk.MOST_DUE]),
        "alone": list(desk.left_alone(city)[: desk.MOST_DUE]),
        "keeps": bool(may_keep(request.actor)),
    }
    return render(request, "provision/desk_list.html", context)


@never_cache
@_READ_WRITE
def new_service(request: HttpRequest) -> HttpResponse:
    """A service that is new in the catalogue; all else is typed on its own pages."""
    city = entered(request)
    may_keep(request.actor).require()
    form = NewServiceForm(city, request.POST if request.method == "POST" else None, organisations=desk.organisations_of(city))
    if request.method == "POST" and form.is_valid():
        try:
            made = catalogue.add_service(
                request.actor,
                name=form.translated("name"),
                summary=form.translated("summary"),
                status=form.cleaned_data["status"],
                organisation=form.organisation_chosen,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The service stands in the catalogue. Now tell people more about it."))
            return SeeOther(reverse("edit_service", args=[made.key]))
    return render(request, "provision/desk_new.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_safe
def show_one(request: HttpRequest, key: str) -> HttpResponse:
    """One service as the team works on it."""
    return _page(request, _service(request, key))


def _page(request: HttpRequest, service: Service, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The desk's page of a service; `forms` are those that came back, by name."""
    city = service.city
    measured = one.measured(city, service)
    today = timezone.localdate()
    organisations = desk.organisations_of(city)
    empty: dict[str, Any] = {
        "state_form": StateForm(city, initial={"version": service.version}),
        "indicator_form": IndicatorForm(city),
        "provider_form": ProviderForm(organisations=organisations, initial={"version": service.version, "left_on": today}),
        "begin_form": BeginForm(initial={"purpose": "improve"}),
    }
    look, looked = forms.pop("look_form", None), forms.pop("looked", 0)
    context = {
        "service": service,
        "state": state_of(service),
        "history": list(reversed(one.states_of(city, service))),
        "measured": [
            {
                "row": row,
                "form": look
                if look is not None and row.indicator.pk == looked
                else LookForm(city, prefix=f"look-{row.indicator.pk}", initial={"looked_on": today}),
                "open": row.indicator.pk == looked or row.is_due,
            }
            for row in measured
        ],
        "processes": one.processes_about(city, service, drafts=True),
        "stories": one.stories_of(city, [service.pk]),
        "keeps": bool(may_keep(request.actor, service)),
        "steers": bool(may_keep(request.actor, service) and may_steer(request.actor)) and city.has_module("processes"),
        "can_leave": service.organisation is not None and service.provider_left_on is None,
        **empty,
        **forms,
    }
    return render(request, "provision/desk_one.html", context, status=status)


def _done(service: Service, anchor: str = "") -> HttpResponse:
    return SeeOther(reverse("staff_service", args=[service.key]) + anchor)


def _refused(form: CityForm | Form, refused: Refused, service: Service) -> int:
    """Put a refusal into a form that came back; the status for the page. After a conflict the form goes on from the new version."""
    for name, sentence in refused.fields.items():
        field = name if name in form.fields else f"{name}_de"
        form.add_error(field if field in form.fields else None, str(sentence))
    if not refused.fields:
        form.add_error(None, str(refused.reason))
    if refused.status == 409 and "version" in form.fields:
        take_up(form, Service.objects.of(service.city).values_list("version", flat=True).get(pk=service.pk))
    return 422 if refused.fields else refused.status


@never_cache
@_READ_WRITE
def edit_service(request: HttpRequest, key: str) -> HttpResponse:
    """What the catalogue says of a service, in the city's languages; of two who wrote at once the second sees what the first saved."""
    service = _service(request, key)
    may_keep(request.actor, service).require()
    city = service.city
    typed = request.POST if request.method == "POST" else None
    places, areas = one.places_of(city, service), one.areas_of_service(city, service)
    form = ServiceForm.of(service, typed, offer=desk.offer_of(city), places=places, areas=areas)
    theirs: list[tuple[str, str]] = []
    status = 200
    if typed is not None:
        status = 422
        if form.is_valid():
            values, version = form.values(service), form.cleaned_data["version"]
            try:
                catalogue.set_service(
                    request.actor, service, version=version, values=values, areas=form.chosen("areas"), places=form.chosen("places")
                )
            except Refused as refused:
                status = _refused(form, refused, service)
                if refused.status == 409:
                    theirs = _saved_meanwhile(_service(request, key), values)
            else:
                messages.success(request, _("Saved. What you changed stays, also when the city’s pack is loaded again."))
                return _done(service)
    return render(request, "provision/desk_edit.html", {"service": service, "form": form, "theirs": theirs}, status=status)


def _saved_meanwhile(service: Service, typed: dict[str, Any]) -> list[tuple[str, str]]:
    """The words that are saved now and differ from what somebody typed: what they are called, and how they read."""
    labels = {name: str(label) for name, label, _hint, _long, _needed in ServiceForm.texts}
    names = {key: LABELS[code] for code, key in KEYS.items()}
    pairs = [(name, key) for name in WORDS for key in sorted({*getattr(service, name), *typed[name]})]
    saved = {pair: getattr(service, pair[0]).get(pair[1], "") for pair in pairs}
    return [
        (f"{labels[name]} ({names.get(key, key)})", saved[name, key] or "–")
        for name, key in pairs
        if saved[name, key] != typed[name].get(key, "")
    ]


@never_cache
@require_POST
def set_state(request: HttpRequest, key: str) -> HttpResponse:
    """Bring a service into a state, with the reason that people read."""
    service = _service(request, key)
    form = StateForm(service.city, request.POST)
    if not form.is_valid():
        return _page(request, service, state_form=form, status=422)
    data = form.cleaned_data
    try:
        catalogue.change_state(
            request.actor, service, data["status"], version=data["version"], reason=form.translated("reason"), body=data["body"]
        )
    except Refused as refused:
        return _page(request, service, status=_refused(form, refused, service), state_form=form)
    messages.success(request, _("Everybody reads the new state now. Whoever gave what it came from is told."))
    return _done(service)


@never_cache
@_READ_WRITE
def take_state_back(request: HttpRequest, key: str) -> HttpResponse:
    """Take the state back that was noted last, by mistake; before that the page says what happens, and how many hear of it."""
    service = _service(request, key)
    may_keep(request.actor, service).require()
    city = service.city
    if request.method == "POST":
        typed = request.POST.get("state", "")
        try:
            row = catalogue.take_back_state(request.actor, service, int(typed) if typed.isascii() and typed.isdigit() else 0)
        except Refused as refused:
            if refused.status != 409:
                raise
            messages.info(request, str(refused.reason))
        else:
            said = _("The service is in the state “%(state)s” again. Whoever was told gets one message that says so.")
            messages.success(request, said % {"state": row.get_status_display()})
        return _done(service, "#stand")
    last = one.last_noted(city, service)
    if last is None:
        raise Http404
    before = one.state_before(city, last)
    context = {"service": service, "last": last, "before": Service.Status(before).label if before else ""}
    return render(request, "provision/desk_state_back.html", context | {"hear": told_of_event(city, STATE, last.pk)})


@never_cache
@require_POST
def let_provider_go(request: HttpRequest, key: str) -> HttpResponse:
    """Say that the provider left, and who answers now."""
    service = _service(request, key)
    form = ProviderForm(request.POST, organisations=desk.organisations_of(service.city))
    if not form.is_valid():
        return _page(request, service, provider_form=form, status=422)
    data = form.cleaned_data
    try:
        catalogue.part_with_provider(request.actor, service, version=data["version"], left_on=data["left_on"], responsible=form.chosen)
    except Refused as refused:
        return _page(request, service, status=_refused(form, refused, service), provider_form=form)
    messages.success(request, _("The page says it now, and the team is told."))
    return _done(service)


@never_cache
@require_POST
def add_indicator(request: HttpRequest, key: str) -> HttpResponse:
    """Say by what a service is measured."""
    service = _service(request, key)
    form = IndicatorForm(service.city, request.POST)
    if not form.is_valid():
        return _page(request, service, indicator_form=form, status=422)
    try:
        looking.add_indicator(
            request.actor,
            service,
            name=form.translated("indicator"),
            unit=form.translated("unit"),
            target=form.cleaned_data["target"],
        )
    except Refused as refused:
        return _page(request, service, status=_refused(form, refused, service), indicator_form=form)
    return _done(service, "#kennzahlen")


def _indicator(service: Service, pk: int) -> Indicator:
    row = Indicator.objects.of(service.city).filter(service=service, pk=pk).select_related("service").first()
    if row is None:
        raise Http404
    found: Indicator = row
    found.service = service
    return found


@never_cache
@require_POST
def look_at(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Note what was found, and when somebody looks next."""
    service = _service(request, key)
    indicator = _indicator(service, pk)
    form = LookForm(service.city, request.POST, prefix=f"look-{pk}")
    if not form.is_valid():
        return _page(request, service, look_form=form, looked=pk, status=422)
    data = form.cleaned_data
    try:
        looking.note_look(
            request.actor,
            indicator,
            value=data["value"],
            note=form.translated("note"),
            looked_on=data["looked_on"],
            next_on=data["next_on"],
        )
    except Refused as refused:
        return _page(request, service, status=_refused(form, refused, service), look_form=form, looked=pk)
    messages.success(request, _("Noted. Everybody reads it on the page of the service."))
    return _done(service, "#kennzahlen")


@never_cache
@require_POST
def drop_indicator(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Take an indicator away that nobody has looked at."""
    service = _service(request, key)
    try:
        looking.drop_indicator(request.actor, _indicator(service, pk))
    except Refused as refused:
        if refused.status != 409:
            raise
        messages.error(request, str(refused.reason))
    return _done(service, "#kennzahlen")


@never_cache
@require_POST
def begin_process(request: HttpRequest, key: str) -> HttpResponse:
    """Start a process about a service: a draft from a template, on whose desk the team goes on."""
    service = _service(request, key)
    form = BeginForm(request.POST)
    if not form.is_valid():
        return _page(request, service, begin_form=form, status=422)
    data = form.cleaned_data
    try:
        process = asking.begin_process(request.actor, service, purpose=data["purpose"], like=house_blueprints()[data["like"]])
    except Refused as refused:
        return _page(request, service, status=_refused(form, refused, service), begin_form=form)
    messages.success(request, _("The draft is there. As soon as it opens, the service’s page says so."))
    return SeeOther(reverse("staff_process", args=[process.slug]))
