from __future__ import annotations

import smtplib
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone
from tests.notices.factories import make_people, tell
from tests.outbox.factories import make_city

from civitas.kit.rooms import Address
from civitas.notices.models import Delivery, Notice
from civitas.outbox.models import OutboxRow
from civitas.outbox.worker import run_due

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper
    from tests.notices.conftest import Upstairs

pytestmark = pytest.mark.django_db


def run_again(city: Any) -> None:
    OutboxRow.objects.of(city).filter(done_at=None).update(run_at=timezone.now())
    run_due()


def test_a_mail_is_complete(upstairs: Upstairs, settings: SettingsWrapper) -> None:
    settings.SITE_SCHEME, settings.PUBLIC_PORT, settings.DEFAULT_FROM_EMAIL = "https", "", "post@example.org"
    city = make_city()
    tell(city, make_people(upstairs, 1))
    run_due()
    notice = Notice.objects.of(city).get()
    sent = message_from_bytes(mail.outbox[0].message().as_bytes(), policy=policy.default)
    assert sent["Subject"] == "News of contribution:1"
    assert sent["From"] == "Teststadt <post@example.org>"
    assert sent["To"] == "person0@example.org"
    assert sent["Message-ID"] == f"<{notice.uid}@teststadt.localhost>"
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert sent["List-Unsubscribe"].strip().startswith("<https://teststadt.localhost/abmelden/")
    text = sent.get_body(("plain",)).get_content()
    assert "Second <b>one</b>." in text
    assert "Look at it:\nhttps://teststadt.localhost/beitrag/1-x\n" in text
    assert sent["List-Unsubscribe"].strip(" <>") in text
    html = sent.get_body(("html",)).get_content()
    assert "Second &lt;b&gt;one&lt;/b&gt;." in html
    assert 'href="https://teststadt.localhost/beitrag/1-x"' in html
    assert "style=" not in html
    delivery = Delivery.objects.of(city).get()
    assert delivery.sent_at is not None
    assert delivery.attempts == 1


@pytest.mark.parametrize(
    ("language", "words", "prefix"),
    [
        ("de", "Keine E-Mails dieser Art mehr", "/abmelden/"),
        ("en", "No more mails of this kind", "/en/abmelden/"),
        ("de-simple", "Sie möchten diese E-Mails nicht mehr?", "/einfach/abmelden/"),
        ("fr", "Keine E-Mails dieser Art mehr", "/abmelden/"),
    ],
)
def test_a_mail_speaks_its_readers_language_or_german(
    upstairs: Upstairs, settings: SettingsWrapper, language: str, words: str, prefix: str
) -> None:
    settings.SITE_SCHEME, settings.PUBLIC_PORT = "https", ""
    tell(make_city(), make_people(upstairs, 1, language=language))
    run_due()
    assert words in mail.outbox[0].body
    assert prefix in mail.outbox[0].extra_headers["List-Unsubscribe"]
    assert f".localhost{prefix.removesuffix('abmelden/')}beitrag/1-x" in mail.outbox[0].body


def test_what_is_withdrawn_before_it_is_sent_is_not_sent(upstairs: Upstairs) -> None:
    city, people = make_city(), make_people(upstairs, 1)
    tell(city, people)
    assert run_due(limit=1) == 1
    upstairs.addresses[people[0]] = Address("person0@example.org", "de", frozenset({"test.news"}))
    run_due()
    assert mail.outbox == []
    assert Delivery.objects.of(city).get().skipped == "declined"


class Server(EmailBackend):
    """A mail server with a bad day: what it answers to some addresses."""

    troubles: dict[str, Exception] = {}

    def send_messages(self, messages: Any) -> int:
        trouble = self.troubles.get(messages[0].to[0])
        if trouble:
            raise trouble
        return super().send_messages(messages)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> type[Server]:
    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend", Server)
    monkeypatch.setattr(Server, "troubles", {})
    return Server


def test_one_address_that_fails_for_now_is_tried_again_alone(upstairs: Upstairs, server: type[Server]) -> None:
    city = make_city()
    tell(city, make_people(upstairs, 3))
    address = "person1@example.org"
    server.troubles[address] = smtplib.SMTPRecipientsRefused({address: (450, b"later")})
    run_due()
    assert sorted(each.to[0] for each in mail.outbox) == ["person0@example.org", "person2@example.org"]
    errors = set(OutboxRow.objects.of(city).filter(done_at=None).values_list("last_error", flat=True))
    assert errors == {"TaskFault: 1 of 3 mails could not be sent"}
    server.troubles.clear()
    run_again(city)
    assert len(mail.outbox) == 3
    assert Delivery.objects.of(city).get(notice__recipient=mail_recipient(upstairs, address)).attempts == 2


def mail_recipient(upstairs: Upstairs, address: str) -> Any:
    return next(uid for uid, each in upstairs.addresses.items() if each.mail == address)


def test_an_address_that_does_not_exist_is_given_up_at_once(upstairs: Upstairs, server: type[Server]) -> None:
    city = make_city()
    tell(city, make_people(upstairs, 2))
    address = "person1@example.org"
    server.troubles[address] = smtplib.SMTPRecipientsRefused({address: (550, b"no such person")})
    run_due()
    assert Delivery.objects.of(city).get(sent_at=None).skipped == "refused"
    assert not OutboxRow.objects.of(city).filter(done_at=None).exists()


def test_a_server_out_of_reach_is_not_asked_again_for_each_mail(upstairs: Upstairs, server: type[Server]) -> None:
    city = make_city()
    tell(city, make_people(upstairs, 5))
    server.troubles |= {f"person{number}@example.org": ConnectionRefusedError() for number in range(5)}
    run_due()
    assert sum(Delivery.objects.of(city).values_list("attempts", flat=True)) == 1
    server.troubles.clear()
    run_again(city)
    assert len(mail.outbox) == 5


def test_news_that_cannot_be_worded_does_not_hold_up_the_rest(upstairs: Upstairs) -> None:
    city, people = make_city(), make_people(upstairs, 1)
    upstairs.broken.add("contribution:bad")
    tell(city, people, subject="contribution:bad")
    tell(city, people, subject="contribution:good")
    run_due()
    assert [each.subject for each in mail.outbox] == ["News of contribution:good"]
