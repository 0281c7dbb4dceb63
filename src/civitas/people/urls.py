"""Addresses of signing in, the account and the claim link. Allauth's own pages for passwords do not exist here."""

from django.urls import path

from civitas.people import views

urlpatterns = [
    path("mein", views.show_mine, name="mine"),
    path("mein/gebiet", views.change_home, name="change_home"),
    path("konto/", views.show_account, name="account"),
    path("konto/anmelden", views.sign_in, name="account_login"),
    # Allauth leads to these names; here one page serves them all.
    path("konto/anmelden", views.sign_in, name="account_signup"),
    path("konto/anmelden", views.sign_in, name="account_request_login_code"),
    path("konto/anmelden", views.sign_in, name="account_email_verification_sent"),
    path("nachweis", views.ask_proof, name="ask_proof"),
    path("konto/code", views.confirm_code, name="account_confirm_login_code"),
    path("konto/passwort", views.take_password, name="sign_in_password"),
    path("konto/passkey", views.take_passkey, name="sign_in_passkey"),
    path("konto/passkey/frage", views.ask_passkey, name="ask_passkey"),
    path("konto/oidc", views.set_out, name="sign_in_service"),
    path("konto/oidc/zurueck", views.come_back, name="come_back"),
    path("konto/oidc/adresse", views.ask_address, name="ask_address"),
    path("konto/oidc/verbinden", views.connect_service, name="connect_service"),
    path("konto/zweiter-schritt", views.second_step, name="mfa_authenticate"),
    path("konto/sicherheit", views.show_security, name="security"),
    path("konto/sicherheit/passkey", views.take_new_passkey, name="take_new_passkey"),
    path("konto/sicherheit/passkey/frage", views.ask_new_passkey, name="ask_new_passkey"),
    path("konto/sicherheit/passkey/<int:passkey>", views.change_passkey, name="change_passkey"),
    path("konto/sicherheit/app", views.set_up_factor, name="set_up_factor"),
    path("konto/sicherheit/app/aus", views.stop_factor, name="stop_factor"),
    path("konto/sicherheit/codes", views.show_codes, name="recovery_codes"),
    path("konto/sicherheit/passwort", views.set_password, name="set_password"),
    path("konto/sicherheit/dienst/<int:identity>", views.part_service, name="part_service"),
    path("konto/sicherheit/geraete", views.end_sessions, name="end_sessions"),
    path("konto/abmelden", views.sign_out, name="account_logout"),
    path("konto/abgemeldet", views.show_signed_out, name="signed_out"),
    path("konto/inaktiv", views.show_inactive, name="account_inactive"),
    path("konto/name", views.change_account, name="change_account"),
    path("konto/nachrichten", views.change_news, name="change_news"),
    path("konto/gast", views.take_guest, name="take_guest"),
    path("konto/daten", views.ask_for_archive, name="ask_archive"),
    path("konto/daten/stand", views.show_archive, name="show_archive"),
    path("konto/daten/<uuid:uid>", views.fetch_archive, name="fetch_archive"),
    path("konto/verlassen", views.leave_city, name="leave_city"),
    path("zuordnen/<str:token>", views.show_claim, name="claim"),
    path("zuordnen/<str:token>/adresse", views.confirm_mail, name="confirm_mail"),
    path("zuordnen/<str:token>/konto", views.take_claim, name="take_claim"),
]
