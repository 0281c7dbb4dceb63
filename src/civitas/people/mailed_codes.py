"""A mailed code and the one browser in which it was asked for. Allauth keeps the step; how many are mailed is ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.models import Login
from allauth.account.stages import LoginByCodeStage, LoginStageController

from civitas.kit.ids import uuid7
from civitas.people.actions import user_of_address
from civitas.people.guesses import keep_newest, newest_code, spend_code
from civitas.people.signed_in import asker_of

if TYPE_CHECKING:
    from django.http import HttpRequest


def open_way(request: HttpRequest, mail: str) -> None:
    """Mail a code to the address and keep in this browser's session that it was asked for here; raises Refused after too many."""
    is_mailed = spend_code(asker_of(request, mail), mail)
    login = Login(user=user_of_address(mail), email=mail)
    login.state["stages"] = {"current": LoginByCodeStage.key}
    stage = LoginByCodeStage(LoginStageController(request, login), request, login)
    stage.state.update(LoginCodeVerificationProcess.initial_state(user=login.user, email=mail))
    stage.state.update(initiated_by_user=True, way=uuid7().hex)
    _mail(request, LoginCodeVerificationProcess(stage=stage), mail, is_mailed=is_mailed)


def send_again(request: HttpRequest, process: LoginCodeVerificationProcess) -> None:
    """Mail another code for the same way in; its tries stay counted. Raises Refused after too many."""
    mail = process.state["email"]
    is_mailed = spend_code(asker_of(request, mail), mail)
    process.record_resend()
    _mail(request, process, mail, is_mailed=is_mailed)


def _mail(request: HttpRequest, process: LoginCodeVerificationProcess, mail: str, *, is_mailed: bool) -> None:
    process.state["mailed"] = is_mailed
    if is_mailed:
        process.send(skip_enumeration_mails=True)
        keep_newest(request.city, mail, process.code)
    else:
        process.state["code"] = newest_code(request.city, mail)
    process.persist()
