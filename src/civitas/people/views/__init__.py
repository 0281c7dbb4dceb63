"""Pages of people: signing in and out, the account and its security, the claim link."""

from civitas.people.views.account import change_account, change_consent, change_news, show_account, take_guest
from civitas.people.views.archive import ask_for_archive, fetch_archive, show_archive
from civitas.people.views.claim import confirm_mail, show_claim, take_claim
from civitas.people.views.codes import confirm_code, second_step
from civitas.people.views.keys import ask_passkey, take_passkey, take_password
from civitas.people.views.leaving import leave_city
from civitas.people.views.mine import change_home, show_mine
from civitas.people.views.oidc import ask_address, come_back, connect_service, part_service, set_out
from civitas.people.views.proof import ask_proof
from civitas.people.views.security import (
    ask_new_passkey,
    change_passkey,
    end_sessions,
    set_password,
    set_up_factor,
    show_codes,
    show_security,
    stop_factor,
    take_new_passkey,
)
from civitas.people.views.sign_in import show_inactive, show_signed_out, sign_in, sign_out

__all__ = [
    "ask_address",
    "ask_for_archive",
    "ask_new_passkey",
    "ask_passkey",
    "ask_proof",
    "change_account",
    "change_consent",
    "change_home",
    "change_news",
    "change_passkey",
    "come_back",
    "confirm_code",
    "confirm_mail",
    "connect_service",
    "end_sessions",
    "fetch_archive",
    "leave_city",
    "part_service",
    "second_step",
    "set_out",
    "set_password",
    "set_up_factor",
    "show_account",
    "show_archive",
    "show_claim",
    "show_codes",
    "show_inactive",
    "show_mine",
    "show_security",
    "show_signed_out",
    "sign_in",
    "sign_out",
    "stop_factor",
    "take_claim",
    "take_guest",
    "take_new_passkey",
    "take_passkey",
    "take_password",
]
