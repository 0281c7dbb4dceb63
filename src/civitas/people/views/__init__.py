"""Pages of people: signing in and out, the account, the claim link."""

from civitas.people.views.account import change_account, change_news, export_data, leave_city, show_account, take_guest
from civitas.people.views.claim import confirm_mail, show_claim, take_claim
from civitas.people.views.mine import change_home, show_mine
from civitas.people.views.sign_in import show_inactive, sign_in, sign_out

__all__ = [
    "change_account",
    "change_home",
    "change_news",
    "confirm_mail",
    "export_data",
    "leave_city",
    "show_account",
    "show_claim",
    "show_inactive",
    "show_mine",
    "sign_in",
    "sign_out",
    "take_claim",
    "take_guest",
]
