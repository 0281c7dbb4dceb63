import pytest

from civitas.kit.personal import PersonalKind, Span, joined, kinds_in, personal_in


def said(text: str) -> list[tuple[str, str]]:
    return [(str(span.kind), text[span.start : span.end]) for span in personal_in(text)]


@pytest.mark.parametrize(
    "number",
    [
        "040 428310",
        "(040) 42 83 10",
        "040/428310-0",
        "0171-1234567",
        "0171 / 123 45 67",
        "+49 40 428310",
        "+49 (0) 40 / 42 83 10",
        "0049 171 1234567",
        "0561.7871234",
        "01711234567",
        "+90 532 123 45 67",
    ],
)
def test_telephone_numbers_are_found_in_all_the_ways_people_write_them(number):
    assert said(f"Rufen Sie an: {number}, gern abends.") == [("phone", number)]


def test_a_bare_number_counts_where_it_is_called_one():
    assert said("Meine Telefonnummer ist 428310.") == [("phone", "428310")]
    assert said("Tel.: 42 83 10") == [("phone", "42 83 10")]
    assert said("Telefon 0561 000 00 00") == [("phone", "0561 000 00 00")]
    assert said("Im Stadtteil leben 428310 Menschen.") == []


@pytest.mark.parametrize(
    "text",
    [
        "am 01.02.2024 um 08:30 Uhr",
        "von 08:00-16:00 und 01-02-24",
        "im Jahr 2024 bis 2030",
        "22765 Hamburg, Haus 12a",
        "0,5 Millionen oder 0.1234567 Prozent",
        "53.5511, 9.9937",
        "Seite 12-18, Nr. 4711",
        "1.000.000 Euro",
        "Linie 3, Bus 112 und A 7",
    ],
)
def test_dates_times_amounts_and_post_codes_are_no_telephone_numbers(text):
    assert said(text) == []


@pytest.mark.parametrize(
    "mail", ["anna.meyer@example.de", "a+b@mail.example.org", "anna (at) example.de", "anna[at]example[punkt]de", "müller@web.de"]
)
def test_mail_addresses_are_found_disguised_too(mail):
    assert said(f"Schreiben Sie an {mail} bitte.") == [("mail", mail)]


def test_an_at_sign_alone_is_no_address():
    assert said("Treffen @ Spritzenplatz, Gruß @anna") == []


def test_a_bank_account_is_found_by_its_checksum_and_ends_where_it_ends():
    assert said("Spenden: DE89 3704 0044 0532 0130 00 bitte") == [("iban", "DE89 3704 0044 0532 0130 00")]
    assert said("at61 1904 3002 3457 3201") == [("iban", "at61 1904 3002 3457 3201")]
    assert PersonalKind.IBAN not in kinds_in("Spenden: DE88 3704 0044 0532 0130 00 bitte")


@pytest.mark.parametrize("plate", ["HH-AB 1234", "HH AB 1234", "KS-XY 12E", "B-C 1", "M-AB123"])
def test_number_plates_are_found(plate):
    assert said(f"Der Wagen {plate} steht dort.") == [("plate", plate)]


@pytest.mark.parametrize(
    "text", ["DIN-A 4", "Format DIN A4", "Tunnel A 7", "U-Bahn U 3", "EU AB 2024", "der Plan B 12", "ICE-T 5", "die s-b 12"]
)
def test_what_only_looks_like_a_plate_is_none(text):
    assert said(text) == []


def test_kinds_are_named_and_nothing_is_found_twice():
    text = "0171 1234567, DE89370400440532013000, a@b.de und HH-AB 12"
    assert kinds_in(text) == set(PersonalKind)
    assert [kind for kind, _ in said(text)] == ["phone", "iban", "mail", "plate"]


def test_spans_that_overlap_touch_or_lie_outside_become_what_is_there():
    assert joined([Span(5, 9), Span(0, 3), Span(3, 4), Span(8, 99), Span(7, 7), Span(-4, 1), Span(50, 60)], 12) == [Span(0, 4), Span(5, 12)]


@pytest.mark.parametrize(
    "text", ["1" * 20_000, "0 " * 10_000, "a." * 10_000, "DE12" * 5_000, "A-" * 10_000, "(0)" * 7_000, "tel " * 5_000, "a@a." * 5_000]
)
def test_no_text_keeps_the_search_busy(text):
    # A search that grows faster than the text does not come back from here for long; how it grows is measured in `make bench`.
    assert len(personal_in(text)) < len(text)
