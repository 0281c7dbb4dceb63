"""My account: name, language, news, roles, data, leaving. Guests have one too, for as long as their browser knows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from civitas.kit.ids import read_key
from civitas.kit.redirects import SeeOther
from civitas.kit.refusals import show_refusal
from civitas.kit.rooms import rooms
from civitas.kit.verdicts import Refused
from civitas.people.actions import NEVER, change_language, change_pseudonym, choose_news, claim_guest
from civitas.people.actors import GUEST_COOKIE, guest_of
from civitas.people.archives import archive_of
from civitas.people.consents import give_consent, standings_of, withdraw_consent
from civitas.people.forms import AccountForm, NewsForm, mail_kinds
from civitas.people.guests import taking_part
from civitas.people.models import User
from civitas.people.queries import memberships_of, news_wishes
from civitas.people.tabs import account_tabs

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from civitas.people.models import Participant


def _person(request: HttpRequest) -> Participant | None:
    if request.city is None:
        raise Http404
    return request.actor.participant


def _news_form(request: HttpRequest, *data: Any) -> NewsForm:
    kinds, person = mail_kinds(request.actor), request.actor.participant
    wishes = {kind.key: kind.rhythm for kind in kinds} | (news_wishes(request.city, person, kinds) if person else {})
    return NewsForm(kinds, *data, initial=wishes)


def _page(
    request: HttpRequest, *, form: AccountForm | None = None, news: NewsForm | None = None, refused: Refused | None = None
) -> HttpResponse:
    person, city = request.actor.participant, request.city
    initial = {"pseudonym": person.pseudonym, "language": person.language} if person else {"language": request.language}
    context: dict[str, Any] = {
        "tabs": account_tabs(request, "account"),
        "person": person,
        "archive": archive_of(person) if person else None,
        "form": form or AccountForm(city, initial=initial),
        "news": news or _news_form(request),
        "mail": request.user.email if request.user.is_authenticated else person.guest_mail if person else "",
        "standings": [standing for standing in standings_of(person) if standing.is_shown],
        "refused": refused,
        "memberships": memberships_of(city, person) if person else [],
        # Who took part on this device before signing in can bring it along.
        "guest": guest_of(request) if request.user.is_authenticated else None,
    }
    return render(request, "people/account.html", context, status=refused.status if refused else 422 if (form or news) else 200)


@login_not_required
@never_cache
@require_safe
def show_account(request: HttpRequest) -> HttpResponse:
    """Name, language, news, roles; who is not known here signs in first."""
    if _person(request) is None and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    return _page(request)


@login_not_required
@require_POST
def change_account(request: HttpRequest) -> HttpResponse:
    """Another name, another language."""
    if _person(request) is None and not request.user.is_authenticated:
        return redirect("account_login")
    form = AccountForm(request.city, request.POST)
    if not form.is_valid():
        return _page(request, form=form)
    try:
        with taking_part(request) as visitor:
            person = visitor.actor.participant
            assert person is not None
            change_pseudonym(person, form.cleaned_data["pseudonym"])
            change_language(person, form.cleaned_data["language"])
    except Refused as refused:  # the name of a pupil
        show_refusal(form, refused)
        return _page(request, form=form)
    messages.success(request, _("Saved. This is how you are called here now."))
    return redirect("account")


@login_not_required
@require_POST
def change_news(request: HttpRequest) -> HttpResponse:
    """Which news come by mail, and when."""
    if _person(request) is None and not request.user.is_authenticated:
        return redirect("account_login")
    form = _news_form(request, request.POST)
    if not form.is_valid():
        return _page(request, news=form)
    with taking_part(request) as visitor:
        assert visitor.actor.participant is not None
        choose_news(request.city, visitor.actor.participant, form.chosen)
        if form.cleaned_data["every"] == NEVER:  # "no mails" means those, too, which one has agreed to
            for kind in (kind for room in rooms() for kind in room.notice_kinds if kind.consent):
                withdraw_consent(visitor.actor, kind.consent)
    messages.success(request, _("Saved. We write to you about nothing else."))
    return redirect("account")


@login_not_required
@require_POST
def change_consent(request: HttpRequest) -> HttpResponse:
    """Agree to what the law leaves to each person, or take that back."""
    if _person(request) is None and not request.user.is_authenticated:
        return redirect("account_login")
    key = request.POST.get("purpose", "")
    try:
        with taking_part(request) as visitor:
            if "withdraw" in request.POST:
                withdraw_consent(visitor.actor, key)
            else:
                give_consent(visitor.actor, key, version=read_key(request.POST.get("version", "")) or 0)
    except Refused as refused:
        if refused.status == 404:
            raise Http404 from None
        return _page(request, refused=refused)
    if "withdraw" in request.POST:
        messages.success(request, _("You have taken your consent back. Everything else stays as it is."))
    else:
        messages.success(request, _("Thank you. You can take that back here at any time."))
    return redirect(f"{reverse('account')}#einwilligungen")


@require_POST
def take_guest(request: HttpRequest) -> HttpResponse:
    """Bring into the account what was given on this device before signing in."""
    guest = guest_of(request) if request.city else None
    if guest is None:
        raise Http404
    assert isinstance(request.user, User)  # the page asks for a login
    claim_guest(request.city, request.user, guest)
    messages.success(request, _("Everything you gave on this device now belongs to your account."))
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    response = SeeOther(back) if is_ours else redirect("account")
    response.delete_cookie(GUEST_COOKIE)
    return response
