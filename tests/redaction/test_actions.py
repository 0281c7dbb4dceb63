from __future__ import annotations

import io

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image
from tests.factories import make_actor, make_city, make_comment, make_contribution, make_process, make_staff, make_step
from tests.redaction.places import FORMS, NUMBER, found_in_rows, make_town

from civitas.contributions.intake import Given, take_in
from civitas.contributions.models import Attachment, Contribution, Revision
from civitas.contributions.personal import export_given
from civitas.contributions.queries import Filters, listed
from civitas.dialogue.models import Support
from civitas.dialogue.quotes import quotation_of
from civitas.interop.exports import export_comments, export_contributions
from civitas.journal.models import Entry
from civitas.kit.personal import BLACK, PersonalKind, Span
from civitas.kit.verdicts import Refused
from civitas.media.actions import path_of
from civitas.media.models import Derivative
from civitas.media.redacting import Area
from civitas.moderation.cases import take_up
from civitas.moderation.models import Case, Signal, Trace
from civitas.moderation.signals import words_hash
from civitas.notices.actions import notify
from civitas.notices.models import Notice
from civitas.notices.queries import worded
from civitas.outbox.models import OutboxRow
from civitas.people.actors import actor_of, city_actor
from civitas.redaction.actions import adopt_redactions, erase_redactions, export_redactions, redact_contribution
from civitas.redaction.models import Redaction

pytestmark = pytest.mark.django_db


def span(text: str, words: str = NUMBER) -> list[Span]:
    at = text.index(words)
    return [Span(at, at + len(words))]


def again(row: Contribution) -> Contribution:
    found: Contribution = Contribution.objects.of(row.city).select_related("author", "process", "step", "root").get(pk=row.pk)
    return found


def test_a_number_marked_once_is_gone_from_every_row_and_from_the_index():
    town = make_town()
    assert len(found_in_rows(*FORMS)) > 20
    redact_contribution(town.moderator, town.row, reason="contact", version=town.row.version, spans={"text": span(town.row.text)})
    assert found_in_rows(*FORMS) == []
    assert found_in_rows("alice@example.org") == ["contributions_contribution.proposal", "contributions_revision.proposal"]
    assert again(town.row).text == f"Meine Nummer ist {BLACK}.\nAbends bin ich da. Auch morgens."


def test_the_rest_stays_to_the_letter_and_runs_tell_nothing_of_the_length():
    town = make_town()
    redact_contribution(town.moderator, town.row, reason="contact", version=town.row.version, spans={"text": span(town.row.text)})
    row = again(town.row)
    assert (row.title, row.audience, row.benefit) == (f"Rufen Sie {BLACK} an", f"Alle, die {BLACK} wählen", f"Ruhe unter {BLACK}")
    assert row.proposal == "Schreiben Sie an alice@example.org."
    texts = list(Contribution.objects.of(town.city).filter(root=row).order_by("pk").values_list("text", flat=True))
    assert texts == [f"> Meine Nummer ist {BLACK}.\n> Abends bin ich da. Auch morgens.\n\nIch rufe an!", f"Ist {BLACK} noch richtig?"]
    earlier = Revision.objects.of(town.city).get(contribution=row)
    assert earlier.text == f"Meine Nummer ist {BLACK}.\nAbends bin ich da."
    attachment = Attachment.objects.of(town.city).get(contribution=row)
    assert (attachment.alt, attachment.transcript) == (f"Ein Zettel mit {BLACK}", f"Ich sage: {BLACK}")


def test_the_address_no_longer_holds_the_title_as_it_was():
    town = make_town()
    old = town.row.path
    redact_contribution(town.moderator, town.row, reason="contact", version=town.row.version, spans={"title": span(town.row.title)})
    assert again(town.row).path == f"/beitrag/{town.row.number}-rufen-sie-an"
    assert found_in_rows(old) == []


def test_version_journal_news_and_counts_follow_and_no_version_keeps_the_words():
    town = make_town()
    before = again(town.row)
    redaction = redact_contribution(town.moderator, town.row, reason="contact", version=before.version, spans={"text": span(before.text)})
    row = again(town.row)
    assert row.version == before.version + 1
    assert row.redacted_at is not None
    assert (row.comment_count, row.support_count, row.visibility) == (before.comment_count, before.support_count, before.visibility)
    assert Revision.objects.of(town.city).filter(contribution=row).count() == 1
    entry = Entry.objects.of(town.city).get(verb="contribution.redacted")
    assert entry.subject == f"contribution:{row.pk}"
    assert entry.details == {
        "reason": "contact",
        "fields": ["title", "text", "audience", "benefit", "place_name", "alt", "transcript", "captions", "file"],
        "passages": 9,
        "areas": 0,
        "elsewhere": redaction.elsewhere,
    }
    notice = Notice.objects.of(town.city).get(kind="contribution.redacted")
    assert notice.recipient == town.author.uid
    said = " ".join(worded(town.city, [notice])[0].words.paragraphs)
    assert "9" in said
    assert NUMBER not in said
    assert OutboxRow.objects.of(town.city).filter(kind="redaction.scrub").count() == 1


def test_a_name_goes_from_versions_and_quotations_but_no_other_word_of_the_city():
    city = make_city()
    step = make_step(make_process(city))
    moderator = make_actor(city, "moderator")
    row = make_contribution(step, "Bank am Platz", text="Frau Meyer sitzt dort jeden Tag und wartet.")
    Revision.objects.create(city=city, contribution=row, version=1, text="Die Frau Meyer sitzt dort.", at=row.given_at)
    quoting = make_comment(row, quotation_of(row.text) + "Meyer ist mein Name.")
    other = make_contribution(step, "Herr und Frau Meyer")
    redact_contribution(moderator, row, reason="others", version=1, spans={"text": span(row.text, "Frau Meyer")})
    assert again(row).text == f"{BLACK} sitzt dort jeden Tag und wartet."
    assert Revision.objects.of(city).get(contribution=row).text == f"Die {BLACK} sitzt dort."
    assert again(quoting).text == f"> {BLACK} sitzt dort jeden Tag und wartet.\n\nMeyer ist mein Name."
    assert again(other).title == "Herr und Frau Meyer"


def test_a_quotation_cut_in_the_middle_of_the_number_loses_its_part():
    city = make_city()
    row = make_contribution(make_step(make_process(city)), text="x" * 280 + " Tel. 0171 765 43 21 gilt immer")
    comment = make_comment(row, quotation_of(row.text) + "Danke")
    assert "0171 765" in comment.text
    redact_contribution(make_actor(city, "moderator"), row, reason="contact", version=1, spans={"text": span(row.text, "0171 765 43 21")})
    assert "765" not in again(comment).text


@pytest.mark.parametrize("elsewhere", ["+49 171 7654321", "0049 (0)171 / 765 43 21", "0171.7654321"])
def test_the_same_number_written_otherwise_goes_too(elsewhere):
    city = make_city()
    row = make_contribution(make_step(make_process(city)), text=f"Nummer {NUMBER}")
    comment = make_comment(row, f"Also {elsewhere}?")
    redact_contribution(make_actor(city, "moderator"), row, reason="contact", version=1, spans={"text": span(row.text)})
    assert again(comment).text == f"Also {BLACK}?"


def test_a_comment_is_blacked_out_with_what_it_quotes_from():
    city = make_city()
    row = make_contribution(make_step(make_process(city)), text=f"Nummer {NUMBER}")
    comment = make_comment(row, quotation_of(row.text) + "Danke", author=make_staff(city, "moderator", "Cem"))
    redact_contribution(make_actor(city, "moderator"), comment, reason="contact", version=1, spans={"text": span(comment.text)})
    assert found_in_rows(*FORMS) == []
    assert Notice.objects.of(city).filter(kind="contribution.redacted").count() == 1


def test_the_same_file_taken_in_again_does_not_bring_the_words_back():
    city = make_city()
    step = make_step(make_process(city))
    actor = city_actor(city)
    given = Given(key="K1", title="Bank", text=f"Nummer {NUMBER}", votes=3, said=frozenset({"title", "text", "votes"}))
    take_in(actor, step, [given])
    row = Contribution.objects.of(city).get(source_key="K1")
    redact_contribution(make_actor(city, "moderator"), row, reason="contact", version=row.version, spans={"text": span(row.text)})
    take_in(actor, step, [Given(key="K1", title=f"Bank {NUMBER}", text=f"Nummer {NUMBER}", votes=5, said=given.said)])
    assert found_in_rows(*FORMS) == []
    assert again(row).imported_support == 5


def test_the_address_of_where_it_came_from_goes_only_if_it_holds_the_words():
    city = make_city()
    step, moderator = make_step(make_process(city)), make_actor(city, "moderator")
    addresses = {"https://meyer.example.org/ideen/12": "https://meyer.example.org/ideen/12", "https://example.org/frau-meyer-sagt": ""}
    for address, left in addresses.items():
        row = make_contribution(step, text="Frau Meyer sagt es.", source_url=address)
        redact_contribution(moderator, row, reason="others", version=1, spans={"text": span(row.text, "Meyer")})
        assert again(row).source_url == left


def test_a_search_no_longer_finds_it():
    town = make_town()
    assert list(listed(town.city, Filters(words="7654321")))
    redact_contribution(town.moderator, town.row, reason="contact", version=town.row.version, spans={"text": span(town.row.text)})
    assert not list(listed(town.city, Filters(words="7654321")))
    assert list(listed(town.city, Filters(words="Abends")))


def stored(row: Contribution) -> dict[str, bytes]:
    names = Derivative.objects.of(row.city).filter(file__in=Attachment.objects.of(row.city).filter(contribution=row).values("file"))
    found = {}
    for name in names.order_by("width").values_list("name", flat=True):
        with default_storage.open(path_of(row.city, name)) as file:
            found[name] = file.read()
    return found


def test_an_area_of_a_picture_is_black_in_every_width_and_the_old_bytes_are_gone(django_capture_on_commit_callbacks):
    town = make_town()
    before = stored(town.row)
    file = Attachment.objects.of(town.city).get(contribution=town.row).file_id
    with django_capture_on_commit_callbacks(execute=True):
        redact_contribution(town.moderator, town.row, reason="faces", version=town.row.version, areas={file: [Area(39, 39, 22, 22)]})
    after = stored(town.row)
    assert len(after) == len(before)
    assert before.keys().isdisjoint(after)
    assert not any(default_storage.exists(path_of(town.city, name)) for name in before)
    for raw in after.values():
        picture = Image.open(io.BytesIO(raw)).convert("RGB")
        assert max(picture.getpixel((picture.width // 2, picture.height // 2))) < 12
        assert min(picture.getpixel((picture.width // 10, picture.height // 10))) > 240
        assert all(red < 200 or green > 120 for _count, (red, green, _blue) in picture.getcolors(10**6))
    assert again(town.row).with_picture == 1


def test_overlapping_areas_and_those_that_reach_out_are_cut_to_the_picture():
    assert Area(-10, -10, 30, 30).within() == Area(0, 0, 20, 20)
    assert Area(90, 90, 30, 30).within() == Area(90, 90, 10, 10)
    assert Area(120, 10, 10, 10).within() is None
    assert Area(10, 10, 0, 10).within() is None


def test_nothing_marked_or_a_rectangle_beside_the_picture_is_refused():
    town = make_town()
    file = Attachment.objects.of(town.city).get(contribution=town.row).file_id
    for areas in ({}, {file: [Area(120, 0, 10, 10)]}):
        with pytest.raises(Refused) as refused:
            redact_contribution(
                town.moderator, town.row, reason="faces", version=town.row.version, areas=areas, spans={"text": [Span(9, 9)]}
            )
        assert refused.value.status == 400
    with pytest.raises(Refused):
        redact_contribution(town.moderator, town.row, reason="", version=town.row.version, spans={"text": [Span(0, 9)]})


def test_spans_that_overlap_or_lie_outside_take_what_is_there():
    city = make_city()
    row = make_contribution(make_step(make_process(city)), text="eins zwei drei vier")
    spans = {"text": [Span(5, 9), Span(7, 14), Span(90, 99), Span(16, 400)], "unknown": [Span(0, 3)]}
    redaction = redact_contribution(make_actor(city, "moderator"), row, reason="other", version=1, spans=spans)
    assert again(row).text == f"eins {BLACK} v{BLACK}"
    assert redaction.passages == 2


@pytest.mark.parametrize("role", ["", "expert", "owner", "facilitator", "stranger"])
def test_only_the_editorial_team_blacks_out(role):
    town = make_town()
    actor = make_actor(town.city, role)
    with pytest.raises(Refused) as refused:
        redact_contribution(actor, town.row, reason="contact", version=town.row.version, spans={"text": span(town.row.text)})
    assert refused.value.status == 403
    assert NUMBER in again(town.row).text


def test_another_city_has_it_not_and_what_is_erased_has_nothing_left():
    town, other = make_town(), make_city()
    with pytest.raises(Refused) as refused:
        redact_contribution(make_actor(other, "moderator"), town.row, reason="contact", version=1, spans={"text": [Span(0, 4)]})
    assert refused.value.status == 404
    town.row.visibility = "erased"
    with pytest.raises(Refused) as refused:
        redact_contribution(town.moderator, town.row, reason="contact", version=1, spans={"text": [Span(0, 4)]})
    assert refused.value.status == 409


def test_what_somebody_changed_meanwhile_is_not_blacked_out_blindly():
    town = make_town()
    with pytest.raises(Refused) as refused:
        redact_contribution(town.moderator, town.row, reason="contact", version=town.row.version - 1, spans={"text": [Span(0, 4)]})
    assert refused.value.status == 409
    assert not Redaction.objects.of(town.city).exists()


def test_what_is_kept_to_find_texts_alike_is_of_the_text_as_it_is_now_and_no_new_case_opens():
    town = make_town()
    closed = Case.objects.of(town.city).update(state="closed")
    assert set(Signal.objects.of(town.city).values_list("kind", flat=True)) >= {"phone"}
    redact_contribution(town.moderator, town.row, reason="contact", version=town.row.version, spans={"text": span(town.row.text)})
    assert Trace.objects.of(town.city).get(contribution=town.row).words == words_hash(again(town.row))
    take_up(town.city, [again(town.row)])
    assert Case.objects.of(town.city).filter(state="closed").count() == Case.objects.of(town.city).count() == closed


def test_an_open_case_no_longer_says_that_a_number_is_named():
    city = make_city()
    row = make_contribution(make_step(make_process(city)), text=f"Nummer {NUMBER}")
    take_up(city, [row])
    assert Signal.objects.of(city).filter(kind="phone").exists()
    redact_contribution(make_actor(city, "moderator"), row, reason="contact", version=1, spans={"text": span(row.text)})
    assert not Signal.objects.of(city).filter(kind="phone").exists()


def test_news_that_waits_is_worded_without_it():
    town = make_town()
    with transaction.atomic():
        notify(town.city, [town.author.uid], "contribution.received", f"contribution:{town.row.pk}", "received")
    waiting = Notice.objects.of(town.city).filter(kind="contribution.received")
    assert NUMBER in str(worded(town.city, list(waiting)))
    redact_contribution(town.moderator, town.row, reason="contact", version=town.row.version, spans={"title": span(town.row.title)})
    assert "7654321" not in str(worded(town.city, list(waiting)))


def test_exports_hold_nothing_of_it(tmp_path):
    town = make_town()
    redact_contribution(town.moderator, town.row, reason="contact", version=town.row.version, spans={"text": span(town.row.text)})
    for export in (export_contributions, export_comments):
        export(town.row.process, tmp_path / "out.csv", progress=lambda _done, _total: None)
        written = (tmp_path / "out.csv").read_text("utf-8-sig")
        assert BLACK in written
        assert "7654321" not in written
    assert "7654321" not in str(export_given(town.city, town.author))


def test_supports_and_the_author_stay():
    town = make_town()
    Support.objects.create(city=town.city, contribution=town.row, participant=town.author)
    redact_contribution(town.moderator, town.row, reason="contact", version=town.row.version, spans={"text": span(town.row.text)})
    assert Support.objects.of(town.city).count() == 1
    assert again(town.row).author_id == town.author.pk


def test_who_blacked_out_is_exported_handed_over_and_made_nameless():
    town = make_town()
    person, heir = town.moderator.participant, make_staff(town.city, "moderator", "Nora")
    redact_contribution(town.moderator, town.row, reason="contact", version=town.row.version, spans={"text": span(town.row.text)})
    assert [each["passages"] for each in export_redactions(town.city, person)["redactions"]] == [9]
    adopt_redactions(town.city, person, heir)
    assert export_redactions(town.city, person) == {"redactions": []}
    with transaction.atomic():
        erase_redactions(town.city, heir)
    assert Redaction.objects.of(town.city).get().person_id is None


def test_kinds_have_words():
    assert [str(kind.label) for kind in PersonalKind] == ["E-Mail-Adresse", "Telefonnummer", "Bankverbindung", "Autokennzeichen"]


def test_a_moderator_who_blacks_out_own_words_gets_no_news():
    city = make_city()
    person = make_staff(city, "moderator", "Mona")
    row = make_contribution(make_step(make_process(city)), text=f"Nummer {NUMBER}", author=person)
    redact_contribution(actor_of(person), row, reason="contact", version=1, spans={"text": span(row.text)})
    assert not Notice.objects.of(city).exists()
