"""Every list that everybody may read has a feed: offered on its page, valid, asked for again only when it is new, with public things alone.

A public address that is new fails here until it is said which feed its list has, or why it is no list.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone
from tests.factories import (
    make_actor,
    make_browser,
    make_city,
    make_comment,
    make_contribution,
    make_event,
    make_link,
    make_organisation,
    make_participant,
    make_process,
    make_step,
)

from civitas.cities.queries import forget_cities
from civitas.coproduction.actions.beginning import begin_concept
from civitas.kit.ids import uuid7
from civitas.kit.translated import Translated
from civitas.outbox.worker import run_due
from civitas.people.actors import actor_of
from civitas.processes.models import Event, News
from civitas.themes.tasks import look_at

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
SECRET = "Verborgenes"

# The page of each list -> its feeds.
FEEDS = {
    "front": ["navigator_feed"],  # the bare host: cities, their processes and dates
    "explore": ["feed"],
    "outcomes": ["feed"],
    "processes": ["processes_feed", "events_feed"],
    "process": ["process_feed"],
    "concepts": ["concepts_feed", "decisions_feed"],
    "services": ["services_feed"],
    "themes": ["themes_feed"],
    "theme_voices": ["voices_feed"],
    "contribution": ["comments_feed"],
    "organisation": ["organisation_feed"],
}
# Public addresses that are no list of news, by the reason.
NO_LIST = {
    "forms and what they answer": """
        give give_hint upload_part waiting_files drop_upload waiting_thumb describe_files keep_draft drop_draft thanks mend withdraw
        mend_comment withdraw_comment comment change_support change_follow flag flag_comment flag_letter join leave write_letter
        write_to_joined block_joined merge_question merge_by_mail merge_object decision question report_unlawful report_state report_answer
        report_complain statement report_barrier answer_invitation claim confirm_mail unsubscribe follow_process follow_process_by_mail
        ask_proof join_class leave_class_device class_slip lead_class stop_leading_class lead_class_seat join_class_code join_hall join_code
        remark_on_section service_feedback service_thanks save_search notices_seen change_home
    """,
    "what is about one person alone": """
        notice_list mine account account_login account_signup account_request_login_code account_email_verification_sent
        account_confirm_login_code sign_in_password sign_in_passkey ask_passkey sign_in_service come_back ask_address mfa_authenticate
        account_logout signed_out account_inactive change_account change_news change_consent ask_archive show_archive fetch_archive
        leave_city my_contributions my_support my_follows letters letters_wish lift_block conversation answer_letter letters_read
        change_block letter_by_mail my_searches change_search joinings
    """,
    "one thing: its page, parts and earlier wordings, whose news its own list tells": """
        step step_privacy contribution_by_number versions comment_versions wordings neighbours contribution_pdf contribution_code
        contribution_point story story_pdf story_voices service service_course service_course_pdf service_poster concept_section
        concept_editions compare_editions report report_pdf board change_board lead_board board_table board_pdf add_board_picture
        board_picture pictures_of_board flag_card wall
    """,
    "texts of the city and of the house, which change with a release or seldom": """
        text_page terms catalogue card_set card_set_pdf method_card try_method gallery board_sample unlawful_figures unlawful_figures_csv
    """,
    "sparks: drawn anew for whoever looks": "sparks",
    "the record's seals, for machines in `nachweisbuch.json`": "seal_list anchor_list",
    "for machines: data, files, calendars": """
        robots theme areas find_spots media places captions cells theme_cells navigator_cells explore_file dates_calendar process_calendar
        process_event navigator_calendar
    """,
}


def public_names(patterns: Any = None) -> Iterator[str]:
    """The name of every address that asks nobody to sign in."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        if not isinstance(each, URLPattern):
            yield from public_names(each.url_patterns)
        elif not getattr(each.callback, "login_required", True) and each.name:
            yield each.name


def test_every_public_address_is_a_list_with_a_feed_or_no_list() -> None:
    known = {*FEEDS, *(feed for feeds in FEEDS.values() for feed in feeds), *(name for names in NO_LIST.values() for name in names.split())}
    assert sorted(set(public_names()) - known) == []
    assert sorted(known - set(public_names())) == []


@pytest.fixture
def lists() -> dict[str, tuple[str, str]]:
    """A city with something in each list, and something in each that not everybody may read: host and address by name."""
    city = make_city("hamburg")
    host, alice = "hamburg.localhost", make_participant(city, "Alice")
    process = make_process(
        city, "hafen", title=Translated({"de": "Der Hafen"}), question=Translated({"de": "Was fehlt?"}), owner_name="Jan"
    )
    step = make_step(process)
    office = make_organisation(city, "Grünamt", key="gruenamt")
    row = make_contribution(step, "Eine Bank", author=alice, organisation=office)
    make_event(row, "planned", text="Sie kommt im Mai.", organisation=office)
    make_comment(row, "Ja, bitte.", author=alice)
    make_comment(row, SECRET, author=alice, visibility="hidden")
    theme = make_contribution(step, "Sitzen", kind="theme", author=None)
    make_link(row, theme, "grouped_into")
    for visibility in ("hidden", "waiting", "withdrawn", "draft"):
        gone = make_contribution(step, f"{SECRET} {visibility}", author=alice, visibility=visibility, organisation=office)
        make_comment(gone, f"{SECRET} darunter", author=alice, organisation=office)
        make_event(gone, "planned", text=SECRET, organisation=office)
        make_contribution(step, f"{SECRET} Thema {visibility}", kind="theme", author=None, visibility=visibility)
        if visibility == "hidden":
            make_link(gone, theme, "grouped_into")
    with transaction.atomic():
        look_at(city, [theme])
    run_due()
    make_step(make_process(city, "buergersensor"))
    begin_concept(actor_of(alice), uid=uuid7(), title="Hitze-Telefon", text="Im Sommer ist es hier zu heiß.")
    now = timezone.now()
    for days, title in ((0, "Los"), (1, SECRET)):
        at = now + dt.timedelta(days=days)
        News.objects.create(city=city, process=process, key=f"nr-{days}", title={"de": title}, body={"de": "Heute."}, published_at=at)
    draft = make_process(city, "entwurf", state="draft", title=Translated({"de": SECRET}))
    for each, title in ((process, "Rundgang"), (draft, SECRET)):
        starts = now + dt.timedelta(days=1)
        Event.objects.create(
            city=city, process=each, key="x", title={"de": title}, description={}, starts_at=starts, ends_at=starts + dt.timedelta(hours=1)
        )
    make_service(city)
    forget_cities()
    number, of_theme = {"number": row.number}, {"number": theme.number}
    keys: dict[str, dict[str, Any]] = {
        "process": {"slug": "hafen"}, "process_feed": {"slug": "hafen"},
        "theme_voices": of_theme, "voices_feed": of_theme, "comments_feed": number,
        "contribution": {**number, "slug": row.path.partition("-")[2]},
        "organisation": {"key": "gruenamt"}, "organisation_feed": {"key": "gruenamt"},
    }  # fmt: skip
    bare = {"front", "navigator_feed"}
    names = {*FEEDS, *(feed for feeds in FEEDS.values() for feed in feeds)}
    return {name: ("localhost" if name in bare else host, reverse(name, kwargs=keys.get(name, {}))) for name in names}


def make_service(city: Any) -> None:
    from civitas.services.models import Service

    Service.objects.create(city=city, key="buecherhalle", name={"de": "Bücherhalle"})


@pytest.mark.parametrize(("page", "feed"), [(page, feed) for page, feeds in FEEDS.items() for feed in feeds])
def test_each_list_offers_a_valid_feed_of_what_everybody_may_read(lists: dict[str, tuple[str, str]], page: str, feed: str) -> None:
    host, address = lists[page]
    browser = Client(headers={"host": host})
    shown = browser.get(address)
    assert shown.status_code == 200
    feed_host, path = lists[feed]
    assert f'href="{path}' in shown.content.decode()

    answer = browser.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    assert not answer.cookies
    assert SECRET not in answer.content.decode()
    check_atom(answer.content, f"http://{feed_host}{path}")

    tag = answer.headers["ETag"]
    again = browser.get(path, headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    # The same for whoever asks.
    city_host = feed_host.partition(".")[0]
    if city_host != "localhost":
        staff = make_actor(shown.wsgi_request.city, "administrator").participant
        assert make_browser(shown.wsgi_request.city, staff).get(path).headers["ETag"] == tag
    is_empty = feed in {"decisions_feed", "services_feed"}  # these have tests of their own
    assert is_empty or list(ET.fromstring(answer.content).iter(f"{ATOM}entry"))


def check_atom(content: bytes, here: str) -> None:
    """What RFC 4287 asks of a feed and of each entry."""
    feed = ET.fromstring(content)
    assert feed.tag == f"{ATOM}feed"
    for part in (feed, *feed.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            (one,) = part.findall(f"{ATOM}{name}")
            assert one.text
        assert dt.datetime.fromisoformat(str(part.findtext(f"{ATOM}updated"))).utcoffset() is not None
        assert any(link.get("rel", "alternate") == "alternate" and "://" in link.get("href", "") for link in part.findall(f"{ATOM}link"))
    assert any(link.get("rel") == "self" and link.get("href") == here for link in feed.findall(f"{ATOM}link"))
    entries = list(feed.iter(f"{ATOM}entry"))
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(ids) == len(set(ids))
    # An author for each, or one for all.
    assert feed.find(f"{ATOM}author") is not None or all(entry.find(f"{ATOM}author") is not None for entry in entries)


def test_an_organisations_feed_is_its_citys_alone_and_costs_the_same_for_many(django_assert_num_queries: Any) -> None:
    city = make_city("hamburg")
    step = make_step(make_process(city))
    office = make_organisation(city, "Grünamt", key="gruenamt")
    browser = make_browser(city)
    browser.get("/organisation/gruenamt/feed")
    for count in (1, 3):
        for number in range(count):
            make_event(make_contribution(step, f"Nr. {count} {number}", organisation=office), "planned", text="Ja.", organisation=office)
        with django_assert_num_queries(3):
            browser.get("/organisation/gruenamt/feed")
    assert make_browser(make_city("kassel")).get("/organisation/gruenamt/feed").status_code == 404
    assert Client(headers={"host": "localhost"}).get("/organisation/gruenamt/feed").status_code == 404
