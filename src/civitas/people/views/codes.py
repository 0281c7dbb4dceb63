"""The pages on which a code is typed: the mailed one, and the second step. Allauth's, with tries that hold over processes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.views import ConfirmLoginCodeView
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.base.views import AuthenticateView
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from civitas.kit.verdicts import Refused
from civitas.people.guesses import newest_code, try_code, try_secret, use_up_newest
from civitas.people.mailed_codes import send_again
from civitas.people.on_the_way import is_agreed
from civitas.people.provider import provider_of
from civitas.people.signed_in import asker_of

if TYPE_CHECKING:
    from django.forms import Form
    from django.http import HttpRequest, HttpResponse

    from civitas.people.guesses import Tried


class _ConfirmCode(ConfirmLoginCodeView):  # type: ignore[misc]  # allauth brings no types
    """Each try is counted before the code is looked at; one that the network spent leaves the person's own code alone."""

    tried: Tried

    def post(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        if self._action == "resend":
            return self._resend(request)
        state = self._process.state
        try:
            self.tried = try_code(asker_of(request, state["email"]), state["way"])
        except Refused as refused:
            if refused.status == 429:
                return self._refusal(refused)
            self._process.abort()
            messages.error(request, str(refused.reason))
            return redirect("account_login")
        answer: HttpResponse = super().post(request, *args, **options)
        return answer

    def get_form_kwargs(self) -> dict[str, Any]:
        options: dict[str, Any] = super().get_form_kwargs()
        # Somebody else may have had a code sent since: who finds both in the mailbox takes the newest.
        newest = newest_code(self.request.city, self._process.state["email"])
        if compare_user_code(actual=self.request.POST.get("code", ""), expected=newest):
            options["code"] = newest
        return options

    def form_valid(self, form: Form) -> HttpResponse:
        self.tried.forgive()
        use_up_newest(self.request.city, self._process.state["email"])
        answer: HttpResponse = super().form_valid(form)
        return answer

    def get_context_data(self, **options: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**options)
        provider = provider_of(self.request.city) if is_agreed(self.request) else None
        return context | {"demo": settings.DEMO, "mailed": self._process.state["mailed"], "linking": provider.name if provider else ""}

    def _resend(self, request: HttpRequest) -> HttpResponse:
        try:
            send_again(request, self._process)
        except Refused as refused:
            return self._refusal(refused)
        return redirect(self.passthrough_next_url(reverse("account_confirm_login_code")))

    def _refusal(self, refused: Refused) -> HttpResponse:
        context = self.get_context_data(form=_refused(self.request, refused))
        answer: HttpResponse = self.render_to_response(context, status=refused.status)
        return answer


class _SecondStep(AuthenticateView):  # type: ignore[misc]  # allauth brings no types
    """Tries are counted for each person, those in a browser that the person is known by apart from all others."""

    tried: Tried

    def post(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        user = self.stage.login.user
        try:
            self.tried = try_secret(
                asker_of(request, user.email), f"second step {user.pk}", otherwise=_("With a passkey you need no second step.")
            )
        except Refused as refused:
            self.auth_form = _refused(request, refused)
            return render(request, self.template_name, {"form": self.auth_form}, status=refused.status)
        answer: HttpResponse = super().post(request, *args, **options)
        return answer

    def form_valid(self, form: Form) -> HttpResponse:
        self.tried.forgive()
        answer: HttpResponse = super().form_valid(form)
        return answer


class _RefusedForm(forms.Form):
    """What was typed, with why it was not looked at."""

    code = forms.CharField(required=False)


def _refused(request: HttpRequest, refused: Refused) -> Form:
    form = _RefusedForm(request.POST)
    form.add_error("code", str(refused.reason))
    return form


confirm_code = login_not_required(_ConfirmCode.as_view())
second_step = _SecondStep.as_view()
