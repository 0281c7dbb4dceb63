from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.utils import timezone
from tests.notices.factories import tell
from tests.outbox.factories import make_city

from civitas.notices.mailbox import MailboxBackend
from civitas.notices.models import MailboxMail, Notice
from civitas.notices.tokens import make_token
from civitas.people.actions import make_guest, participant_of
from civitas.people.actors import remember_guest
from civitas.people.models import User

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse
    from pytest_django.fixtures import SettingsWrapper
    from tests.notices.conftest import Upstairs

    from civitas.cities.models import City
    from civitas.people.models import Participant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("upstairs")]
HOST = {"HTTP_HOST": "teststadt.localhost"}
OTHER = {"HTTP_HOST": "other.localhost"}


class Cookies:
    """What `remember_guest` needs of an answer."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def set_cookie(self, name: str, value: str, **_options: object) -> None:
        self.client.cookies[name] = value


def be_guest(client: Client, city: City) -> Participant:
    guest = make_guest(city)
    remember_guest(Cookies(client), guest)
    return guest


def be_user(client: Client, city: City, mail: str = "erika@example.org") -> Participant:
    user = User.objects.create_user(mail)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return participant_of(city, user)


@pytest.mark.parametrize("become", [be_guest, be_user])
def test_guests_and_people_with_an_account_read_their_news(client: Client, become: Any) -> None:
    city = make_city()
    me = become(client, city)
    tell(city, [me.uid], subject="contribution:1")
    tell(city, [uuid4()], subject="contribution:2")
    page = client.get("/mitteilungen", **HOST)
    assert page.status_code == 200
    assert "News of contribution:1" in page.text
    assert "Second &lt;b&gt;one&lt;/b&gt;." in page.text
    assert "contribution:2" not in page.text
    assert 'href="/beitrag/1-x"' in page.text
    assert 'href="/en/beitrag/1-x"' in client.get("/en/mitteilungen", **HOST).text


@pytest.mark.parametrize(
    ("prefix", "known", "unknown"),
    [
        ("", "Noch nichts Neues", "Wir kennen Sie hier noch nicht"),
        ("/en", "Nothing new yet", "We do not know you here yet"),
        ("/einfach", "Noch keine Nachrichten", "Wir kennen Sie hier noch nicht"),
    ],
)
def test_an_empty_list_says_so_in_three_languages(client: Client, prefix: str, known: str, unknown: str) -> None:
    city = make_city()
    assert unknown in client.get(f"{prefix}/mitteilungen", **HOST).text
    be_guest(client, city)
    assert known in client.get(f"{prefix}/mitteilungen", **HOST).text


def test_a_stranger_and_another_city_see_none_of_it(client: Client) -> None:
    city, _other = make_city(), make_city("other")
    me = be_user(client, city)
    tell(city, [me.uid])
    assert "News of" not in client.get("/mitteilungen", **OTHER).text
    assert "News of" not in Client().get("/mitteilungen", **HOST).text
    for address in ("/mitteilungen", "/abmelden/x"):
        assert client.get(address, HTTP_HOST="localhost").status_code == 404


def test_marking_as_seen_is_a_post_and_takes_what_was_shown_only(client: Client) -> None:
    city = make_city()
    me = be_guest(client, city)
    tell(city, [me.uid], event="first")
    page = client.get("/mitteilungen", **HOST)
    tell(city, [me.uid], event="second")
    assert client.get("/mitteilungen/gelesen", **HOST).status_code == 405
    assert Notice.objects.of(city).unseen().count() == 2
    answer = client.post("/mitteilungen/gelesen", {"newest": page.context["newest"]}, **HOST)
    assert (answer.status_code, answer["Location"]) == (302, "/mitteilungen")
    assert Notice.objects.of(city).unseen().get().event == "second"


def test_nobody_marks_somebody_elses_news_as_seen(client: Client) -> None:
    city = make_city()
    tell(city, [uuid4()])
    be_guest(client, city)
    for newest in ("999999", "", "x", "9" * 40):
        assert client.post("/mitteilungen/gelesen", {"newest": newest}, **HOST).status_code == 302
        assert Client().post("/mitteilungen/gelesen", {"newest": newest}, **HOST).status_code == 302
    assert Notice.objects.of(city).unseen().count() == 1


def test_the_list_goes_on_page_by_page(client: Client) -> None:
    city = make_city()
    me = be_guest(client, city)
    for number in range(23):
        tell(city, [me.uid], subject=f"contribution:{number}")
    first = client.get("/mitteilungen", **HOST)
    assert len(first.context["notices"]) == 20
    second = client.get("/mitteilungen" + first.context["next_url"], **HOST)
    assert [each.notice.subject for each in second.context["notices"]] == ["contribution:2", "contribution:1", "contribution:0"]
    assert second.context["next_url"] == ""


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_much_news(client: Client, upstairs: Upstairs, django_assert_num_queries: Any, count: int) -> None:
    city = make_city()
    me = be_guest(client, city)
    for number in range(count):
        tell(city, [me.uid], subject=f"contribution:{number}")
    client.get("/mitteilungen", **HOST)
    upstairs.prepared.clear()
    with django_assert_num_queries(3):
        client.get("/mitteilungen", **HOST)
    assert upstairs.prepared == [count]


# Unsubscribing


def token_for(city: City, recipient: UUID | None = None, kind: str = "test.news") -> str:
    return make_token(city, recipient or uuid4(), kind)


def test_a_get_asks_and_a_post_unsubscribes_without_signing_in(upstairs: Upstairs) -> None:
    city, someone = make_city(), uuid4()
    address = f"/abmelden/{token_for(city, someone)}"
    # A client that checks the token against forged posts: this page needs none.
    client = Client(enforce_csrf_checks=True)
    page = client.get(address, **HOST)
    assert page.status_code == 200
    assert "Replies" in page.text
    assert page.text.count("<form") == page.text.count('<form method="post">') == 1
    assert upstairs.declined == []
    assert "keine E-Mails dieser Art mehr: Replies" in client.post(address, **HOST).text
    assert upstairs.declined == [("teststadt", someone, "test.news")]


def test_a_mail_program_unsubscribes_by_one_click(upstairs: Upstairs) -> None:
    city, someone = make_city(), uuid4()
    client = Client(enforce_csrf_checks=True)
    answer = client.post(f"/en/abmelden/{token_for(city, someone)}", {"List-Unsubscribe": "One-Click"}, **HOST)
    assert answer.status_code == 200
    assert upstairs.declined == [("teststadt", someone, "test.news")]


@pytest.mark.parametrize(
    ("prefix", "words"),
    [("", "Dieser Link funktioniert nicht"), ("/en", "This link does not work"), ("/einfach", "Der Link geht nicht")],
)
def test_a_mangled_token_gets_a_clear_sentence(client: Client, upstairs: Upstairs, prefix: str, words: str) -> None:
    city = make_city()
    token = token_for(city)
    for mangled in (token[:-1], "x", signing.dumps("x"), signing.dumps(["teststadt", "x", "y"], salt="civitas.notices.unsubscribe")):
        for answer in (client.get(f"{prefix}/abmelden/{mangled}", **HOST), client.post(f"{prefix}/abmelden/{mangled}", **HOST)):
            assert answer.status_code == 404
            assert words in answer.text
    assert upstairs.declined == []


def test_an_old_token_says_that_it_is_old(client: Client, upstairs: Upstairs, monkeypatch: pytest.MonkeyPatch) -> None:
    token = token_for(make_city())
    now = timezone.now().timestamp()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 3 * 365 * 24 * 3600)
    answer = client.post(f"/abmelden/{token}", **HOST)
    assert answer.status_code == 410
    assert "Dieser Link ist zu alt" in answer.text
    assert upstairs.declined == []


def test_a_token_of_another_city_is_none(client: Client, upstairs: Upstairs) -> None:
    city, _other = make_city(), make_city("other")
    assert client.post(f"/abmelden/{token_for(city)}", **OTHER).status_code == 404
    assert upstairs.declined == []


# The demo's mailbox


def send_mail(number: int = 1) -> None:
    mail = EmailMultiAlternatives(f"Subject {number}", "See https://example.org/x\n<script>", "City <post@example.org>", ["a@example.org"])
    mail.attach_alternative("<p>As <b>HTML</b></p>", "text/html")
    mail.extra_headers["Auto-Submitted"] = "auto-generated"
    MailboxBackend().send_messages([mail])


@pytest.fixture
def demo(settings: SettingsWrapper) -> None:
    settings.DEMO = True
    settings.ROOT_URLCONF = "tests.notices.demo_urls"


@pytest.mark.usefixtures("demo")
def test_the_mailbox_shows_what_the_demo_sent(client: Client) -> None:
    make_city()
    assert "Noch keine E-Mail" in client.get("/postfach", **HOST).text
    for number in range(22):
        send_mail(number)
    page = client.get("/postfach", **HOST)
    assert [mail.subject for mail in page.context["mails"]][:2] == ["Subject 21", "Subject 20"]
    rest = client.get("/postfach" + page.context["next_url"], **HOST)
    assert [mail.subject for mail in rest.context["mails"]] == ["Subject 1", "Subject 0"]


@pytest.mark.usefixtures("demo")
def test_one_mail_is_shown_as_text_and_as_html(client: Client) -> None:
    make_city()
    send_mail()
    key = MailboxMail.objects.get().pk
    text = client.get(f"/postfach/{key}", **HOST).text
    assert '<a href="https://example.org/x"' in text
    assert "&lt;script&gt;" in text
    assert "Auto-Submitted" in text
    html: HttpResponse = client.get(f"/postfach/{key}/html", **HOST)
    assert html.content == b"<p>As <b>HTML</b></p>"
    # A mail may look as it does, and fetch or run nothing.
    policy = html["Content-Security-Policy"]
    assert ("default-src 'none'" in policy, "style-src 'unsafe-inline'" in policy, "script-src" in policy) == (True, True, False)
    for missing in (key + 1, 10**30):
        assert client.get(f"/postfach/{missing}", **HOST).status_code == 404
        assert client.get(f"/postfach/{missing}/html", **HOST).status_code == 404


def test_outside_the_demo_there_is_no_mailbox(client: Client) -> None:
    make_city()
    assert client.get("/postfach", **HOST).status_code == 404
    with pytest.raises(Exception, match="demo only"):
        send_mail()


@pytest.mark.parametrize(("demo", "found"), [("1", "True"), ("", "False")])
def test_the_mailbox_has_an_address_in_the_demo_only(demo: str, found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked of a process of its own, since addresses are read once."""
    monkeypatch.setenv("DEMO", demo)
    code = (
        "import django; django.setup(); from civitas.notices.urls import urlpatterns; "
        "print(any('postfach' in str(each.pattern) for each in urlpatterns))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == found
