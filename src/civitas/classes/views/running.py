"""What team and teacher do with a class, each on a page of their own: the same acts, the same parts. No browser keeps these pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from civitas.classes.actions import close_class, extend_class, let_wait, print_sheet, renew_slip, take_away
from civitas.classes.codes import signature_of
from civitas.classes.forms import ExtendForm, TakeAwayForm, end_of
from civitas.classes.queries import seat_in, seats_of, steps_for_accounts
from civitas.kit.codes import said_code
from civitas.kit.pdf import may_print, pdf_page
from civitas.kit.qr import qr_code
from civitas.kit.redirects import SeeOther
from civitas.kit.refusals import carry_out
from civitas.kit.verdicts import Refused
from civitas.people.leaving import Texts

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.classes.actions import Sheet
    from civitas.classes.models import SchoolClass


@dataclass(frozen=True)
class Desk:
    """A page on which a class is looked after: its template and address, and the key of the class where a teacher leads it."""

    template: str
    url: str
    seat_url: str  # the name of the address of a seat
    led_key: int | None = None

    def seat(self, school_class: SchoolClass, number: int) -> str:
        """The address of a seat."""
        return reverse(self.seat_url, args=[number] if self.led_key else [school_class.pk, number])


def run_class(request: HttpRequest, school_class: SchoolClass, desk: Desk) -> HttpResponse:
    """The page of a class, and what its forms ask for."""
    extending, status, refusal = ExtendForm(), 200, ""
    if request.method == "POST":
        does = request.POST.get("do", "")
        if does == "print":
            try:
                return _print(request, print_sheet(request.actor, school_class, led_key=desk.led_key))
            except Refused as refused:
                status, refusal = refused.status, str(refused.reason)
        elif does == "extend":
            extending = ExtendForm(request.POST)
            status, _done = carry_out(extending, lambda: _extend(request, school_class, extending, desk))
        elif does == "close":
            close_class(request.actor, school_class, led_key=desk.led_key)
            messages.success(request, _("The class is closed. Nobody of it can give anything any more."))
        elif does in {"wait", "show"}:
            let_wait(request.actor, school_class, waits=does == "wait")
            messages.success(request, _("Saved. It holds from now on."))
        if status == 200:
            return SeeOther(desk.url)
    context = page_of(request, school_class, desk, extending=extending) | {"refusal": refusal}
    return render(request, desk.template, context, status=status)


def _extend(request: HttpRequest, school_class: SchoolClass, form: ExtendForm, desk: Desk) -> None:
    extend_class(request.actor, school_class, end_of(request.city, form.cleaned_data["closes_on"]), led_key=desk.led_key)
    messages.success(request, _("Saved. The class takes part until then."))


def page_of(request: HttpRequest, school_class: SchoolClass, desk: Desk, *, extending: ExtendForm | None = None) -> dict[str, Any]:
    """What the page shows: the code with its square, who sits where, how long."""
    seats = [{"row": seat, "url": desk.seat(school_class, seat.number)} for seat in seats_of(school_class) if seat.sitting]
    address = _address(request, school_class)
    return {
        "school_class": school_class,
        "process": school_class.process,
        "said_code": said_code(school_class.code),
        "code": qr_code(address, fits=True),
        "short_address": f"{request.get_host()}{reverse('join_class')}",
        "seats": seats,
        "extending": extending or ExtendForm(),
        "url": desk.url,
        "is_led": desk.led_key is not None,
        "can_print": may_print(),
        "for_accounts": steps_for_accounts(school_class.process),
    }


def _address(request: HttpRequest, school_class: SchoolClass) -> str:
    path = reverse("join_class_code", args=[school_class.code])
    return request.build_absolute_uri(f"{path}?z={signature_of(school_class.city, school_class.code)}")


def _print(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """The sheet as PDF, or as a page to print where it was asked for or the machine makes none. These codes are shown this once."""
    row, door = sheet.school_class, request.build_absolute_uri(reverse("join_class"))
    context = {
        "school_class": row,
        "said_code": said_code(row.code),
        "code": qr_code(_address(request, row), fits=True),
        "short_address": f"{request.get_host()}{reverse('join_class')}",
        "teacher_code": said_code(sheet.teacher_code),
        "slips": [
            {"number": number, "code": said_code(code), "square": qr_code(f"{door}#{code}", fits=True)} for number, code in sheet.slips
        ],
    }
    if request.POST.get("as") == "page" or not may_print():
        return render(request, "classes/sheet.html", context)
    return pdf_page(request, "classes/sheet_pdf.html", context, name=f"{request.city.slug}-klasse-{row.pk}")


def run_seat(request: HttpRequest, school_class: SchoolClass, number: int, desk: Desk) -> HttpResponse:
    """A seat: a new slip for it, or away with who sits there, with the choice of what becomes of their words."""
    seat = seat_in(school_class, number)
    if seat is None or seat.sitting is None:
        raise Http404
    form, status, slip = TakeAwayForm(), 200, ""
    if request.method == "POST" and request.POST.get("do") == "slip":
        slip = said_code(renew_slip(request.actor, school_class, seat, led_key=desk.led_key))
    elif request.method == "POST":
        form = TakeAwayForm(request.POST)
        status, _done = carry_out(form, lambda: _take_away(request, school_class, seat, form, desk))
        if status == 200:
            messages.success(request, _("The seat is free again. Print a new slip for it when somebody else comes."))
            return SeeOther(desk.url)
    context = {
        "school_class": school_class,
        "process": school_class.process,
        "seat": seat,
        "person": seat.participant,
        "form": form,
        "slip": slip,
        "url": desk.url,
        "is_led": desk.led_key is not None,
    }
    return render(request, "classes/seat.html", context, status=status)


def _take_away(request: HttpRequest, school_class: SchoolClass, seat: Any, form: TakeAwayForm, desk: Desk) -> None:
    take_away(request.actor, school_class, seat, texts=Texts(form.cleaned_data["texts"]), led_key=desk.led_key)
