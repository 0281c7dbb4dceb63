from __future__ import annotations

import re
import smtplib
import tomllib
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone
from tests import factories
from tests.notices.factories import make_people, tell
from tests.outbox.factories import make_city

from civitas.kit.rooms import Address
from civitas.notices.looks import BRIGHT, DIM, colours_of
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


def contrast(one: str, other: str) -> float:
    """The contrast of two hex colours (WCAG 2.2)."""

    def light(colour: str) -> float:
        digits = colour.lstrip("#")
        digits = "".join(each * 2 for each in digits) if len(digits) == 3 else digits
        parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    first, second = sorted((light(one), light(other)))
    return (second + 0.05) / (first + 0.05)


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
    delivery = Delivery.objects.of(city).get()
    assert delivery.sent_at is not None
    assert delivery.attempts == 1


def looking(slug: str, look: dict[str, dict[str, str]]) -> Any:
    """A city with colours of its own."""
    return factories.make_city(slug, settings={**factories.SETTINGS, "look": look})


def html_of(message: Any) -> str:
    (alternative,) = message.alternatives
    return str(alternative.content)


def test_a_mail_looks_like_its_city_on_bright_and_on_dark_screens(upstairs: Upstairs) -> None:
    look = {"light": {"harbour": "#123456", "deep": "#0a3250"}, "dark": {"harbour": "#abcdef", "paper": "#010203"}}
    tell(looking("teststadt", look), make_people(upstairs, 1))
    run_due()
    html = html_of(mail.outbox[0])
    body, dim = html.partition("<body")[2], html.partition("prefers-color-scheme: dark")[2].partition("</style>")[0]
    # What programs that know no head show is bright throughout; the others get the dim colours.
    assert [body.count(colour) > 0 for colour in ("#123456", "#0a3250", "#abcdef", "#010203")] == [True, True, False, False]
    assert [dim.count(colour) > 0 for colour in ("#123456", "#0a3250", "#abcdef", "#010203")] == [False, False, True, True]
    assert ("Teststadt" in body, '<meta name="color-scheme" content="light dark">' in html) == (True, True)


def test_a_mail_fetches_nothing_and_tells_nobody_that_it_was_read(upstairs: Upstairs) -> None:
    tell(make_city(), make_people(upstairs, 1))
    run_due()
    html = html_of(mail.outbox[0])
    assert not re.findall(r"<(?:img|link|script|iframe|form|object|video)\b|url\(|@import|\bsrc=|background=", html)
    assert len(re.findall(r"https?://", html)) == 2  # where it leads, and how one ends it


def test_the_colours_of_a_mail_are_those_of_the_pages() -> None:
    css = (Path(__file__).parents[2] / "frontend/src/styles/tokens.css").read_text(encoding="utf-8")
    bright, dim = css.partition('[data-kern-theme="dark"]')[::2]
    for ours, theirs in ((BRIGHT, bright), (DIM, dim)):
        first = {name: re.findall(rf"--cd-{name}: ([^;]+);", theirs)[0] for name in ours}
        assert first == ours


@pytest.mark.parametrize("pack", ["hamburg", "kassel", "none"])
def test_the_words_of_a_mail_can_be_read_in_every_citys_colours(pack: str) -> None:
    root = Path(__file__).parents[2] / "cities"
    look = tomllib.loads((root / pack / "city.toml").read_text(encoding="utf-8"))["look"] if pack != "none" else {}
    city = looking("musterstadt", {name: look[name] for name in ("light", "dark") if name in look})
    for colours in colours_of(city).values():
        pairs = [("ink", "paper"), ("muted", "paper"), ("on_harbour", "harbour")]
        assert {pair: contrast(colours[pair[0]], colours[pair[1]]) >= 4.5 for pair in pairs} == dict.fromkeys(pairs, True)
        assert contrast("#ffffff", colours["deep"]) >= 4.5


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
