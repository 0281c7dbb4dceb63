"""Finding in a text what reaches or marks a person: mail addresses, telephone numbers, bank accounts, number plates.

Only proposals for people who decide: names and street addresses are not looked for, and a number may be nobody's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.utils.functional import _StrPromise


class PersonalKind(StrEnum):
    """What a piece of text is."""

    MAIL = "mail"
    PHONE = "phone"
    IBAN = "iban"
    PLATE = "plate"

    @property
    def label(self) -> _StrPromise:
        """The kind in words."""
        return _LABELS[self]


_LABELS = {
    PersonalKind.MAIL: _("Mail address"),
    PersonalKind.PHONE: _("Telephone number"),
    PersonalKind.IBAN: _("Bank account"),
    PersonalKind.PLATE: _("Number plate"),
}


@dataclass(frozen=True, order=True)
class Span:
    """A piece of a text: from `start` up to before `end`, in characters, and what it is ('' where a person has marked it)."""

    start: int
    end: int
    kind: PersonalKind | str = ""


# What stands for words that were taken out: always as long, so that it tells nothing of them.
BLACK = "█" * 6

# Every run is bounded, so that no text keeps the search busy.
_MAIL = re.compile(
    r"(?<![\w.+%-])[\w.+%-]{1,64}\s?(?:@|\((?:at|ät)\)|\[(?:at|ät)\]|\{at\})\s?"
    r"[\w-]{1,63}(?:(?:\.|\s?\((?:dot|punkt)\)\s?|\s?\[(?:dot|punkt)\]\s?)[\w-]{1,63}){1,5}",
    re.IGNORECASE,
)
_GAP = r"[ \t\u00a0\u2009\u202f]?[-–/.()]{0,2}[ \t\u00a0\u2009\u202f]?[()]?"
# With the prefix of a country or a town; or a bare number that is called one.
_PHONE = re.compile(rf"(?<![\w.,:+/-])(?!0\.\d{{5}})(?:(?:\+|00)[1-9]|\(?0(?=[1-9]|{_GAP}[1-9]\d))(?:{_GAP}\d){{5,15}}(?![\d:])")
_CALLED = re.compile(
    r"\b(?:tel(?:efon(?:nummer)?)?|fon|phone|mobil(?:nummer)?|handy(?:nummer)?|ruf(?:nummer)?|whatsapp|signal|fax)"
    rf"\b\W{{0,3}}(?:(?:ist|lautet|unter|is)\W{{1,3}})?(?P<number>\d(?:{_GAP}\d){{4,14}})(?![\d:])",
    re.IGNORECASE,
)
_DATE = re.compile(r"0?\d{1,2}[./-]\s?\d{1,2}[./-]\s?(?:\d{4}|\d{2})(?!\d)")
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}[ ]?\d{2}(?:[ \u00a0-]?[A-Z0-9]){11,40}", re.IGNORECASE)
# How long a bank account's number is in each country that people here pay from.
_IBAN_LENGTHS = {
    "AD": 24,
    "AT": 20,
    "BE": 16,
    "BG": 22,
    "CH": 21,
    "CY": 28,
    "CZ": 24,
    "DE": 22,
    "DK": 18,
    "EE": 20,
    "ES": 24,
    "FI": 18,
    "FR": 27,
    "GB": 22,
    "GR": 27,
    "HR": 21,
    "HU": 28,
    "IE": 22,
    "IS": 26,
    "IT": 27,
    "LI": 21,
    "LT": 20,
    "LU": 20,
    "LV": 21,
    "MC": 27,
    "MT": 31,
    "NL": 18,
    "NO": 15,
    "PL": 28,
    "PT": 25,
    "RO": 24,
    "RS": 22,
    "SE": 24,
    "SI": 19,
    "SK": 24,
    "SM": 27,
    "TR": 26,
    "UA": 29,
    "VA": 22,
}
# "HH-AB 1234", "KS XY 12E"; lower case is no plate. Without a hyphen only with letters that a place in Germany has.
_PLATE = re.compile(r"(?<![\w-])(?P<place>[A-ZÄÖÜ]{1,3})(?P<gap>[- \u00a0·])(?P<letters>[A-Z]{1,2})[- \u00a0]?[1-9]\d{0,3}[EH]?(?![\w])")
_NO_PLACE = frozenset({"DIN", "ISO", "ICE", "EN", "EU", "IP", "ID", "PDF"})
_PLACES = frozenset(
    re.findall(
        r"\w+",
        "A AA AB AC AK AM AN AP AS AUR AW AZ B BA BB BC BI BL BM BN BO BOR BOT BRB BS BT BZ C CE CB CLP COE CUX DA DAH DAN DAU "
        "DD DE DEL DH DN DO DON DU DÜW E EA EBE ED EF EI EL EM EMD EN ERB ERH ES ESW EU F FB FD FF FFB FG FL FN FO FR FS FT FÜ G "
        "GE GER GF GG GI GL GM GÖ GP GS GT GTH GZ H HA HAL HAM HB HD HDH HE HEF HEI HER HF HG HGW HH HI HK HL HM HN HO HOL HOM "
        "HP HR HRO HS HSK HU HVL HX HZ IGB IK IN IZ J K KA KB KC KE KF KH KI KL KLE KN KO KR KS KT KU KUS KW L LA LAU LB LD LDK "
        "LDS LEV LG LI LIP LL LM LÖ LOS LU LWL M MA MB MD ME MEI MG MH MI MIL MK MKK MM MOL MOS MR MS MSP MTK MÜ MYK MZ N NB ND "
        "NE NEA NES NEW NF NI NK NM NMS NOH NOM NR NU NW OA OAL OB OD OE OF OG OH OHA OHV OHZ OL OS OSL OVP P PA PAF PAN PB PE "
        "PF PI PIR PL PLÖ PM PR PS R RA RD RE RH RO ROW RS RT RÜD RV RW RZ S SAD SB SC SE SG SH SHA SHG SI SIG SIM SK SL SLF SLS "
        "SN SO SÖM SOK SP SPN SR ST STA STD SU SÜW SW SZ TBB TF TIR TR TS TÜ TUT UE UH UL UM UN V VB VEC VER VIE VK VR VS W WAF "
        "WAK WB WE WEN WES WF WHV WI WIL WIT WL WM WN WND WO WOB WST WT WÜ WUG WUN WW WZ Z ZW ",
    )
)


def personal_in(text: str) -> list[Span]:
    """What in a text reaches or marks a person, in order and without overlaps; bank accounts only with the right checksum."""
    found: list[Span] = []
    taken = bytearray(len(text))
    for span in chain(_ibans_in(text), _mails_in(text), _phones_in(text), _plates_in(text)):
        if not any(taken[span.start : span.end]):
            taken[span.start : span.end] = b"\1" * (span.end - span.start)
            found.append(span)
    return sorted(found)


def kinds_in(text: str) -> set[PersonalKind]:
    """Which kinds of such things a text holds."""
    return {PersonalKind(span.kind) for span in personal_in(text)}


def blackened(text: str, spans: Iterable[Span], *, longest: int | None = None) -> str:
    """A text with a run of one length in the place of each span; cut to `longest` characters where the runs need more room."""
    parts, at = [], 0
    for span in joined(spans, len(text)):
        parts += [text[at : span.start], BLACK]
        at = span.end
    return "".join([*parts, text[at:]])[:longest]


def joined(spans: Iterable[Span], length: int) -> list[Span]:
    """Spans within a text of this length, in order; those that overlap or touch as one, and none where nothing is left."""
    result: list[Span] = []
    for span in sorted(Span(max(span.start, 0), min(span.end, length), span.kind) for span in spans):
        if span.start >= span.end:
            continue
        if result and span.start <= result[-1].end:
            last = result.pop()
            span = Span(last.start, max(last.end, span.end), last.kind or span.kind)  # noqa: PLW2901  (the two as one)
        result.append(span)
    return result


def _mails_in(text: str) -> Iterator[Span]:
    for match in _MAIL.finditer(text):
        if match[0].rstrip("-_")[-1:].isalpha():  # ends with a top level of letters
            yield Span(match.start(), match.end(), PersonalKind.MAIL)


def _phones_in(text: str) -> Iterator[Span]:
    for match in _PHONE.finditer(text):
        if not _DATE.match(match[0].lstrip("(")):
            yield Span(match.start(), match.end(), PersonalKind.PHONE)
    for match in _CALLED.finditer(text):
        if not _DATE.match(match["number"]):
            yield Span(match.start("number"), match.end("number"), PersonalKind.PHONE)


def _ibans_in(text: str) -> Iterator[Span]:
    for match in _IBAN.finditer(text):
        length = _IBAN_LENGTHS.get(match[0][:2].upper())
        places = [at for at, sign in enumerate(match[0]) if sign.isalnum()][:length]
        if length and len(places) == length and _checks("".join(match[0][at] for at in places)):
            yield Span(match.start(), match.start() + places[-1] + 1, PersonalKind.IBAN)


def _checks(iban: str) -> bool:
    """Whether the two check digits fit (ISO 13616: modulo 97)."""
    turned = (iban[4:] + iban[:4]).upper()
    return turned.isascii() and int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def _plates_in(text: str) -> Iterator[Span]:
    for match in _PLATE.finditer(text):
        if (match["gap"] == "-" and match["place"] not in _NO_PLACE) or match["place"] in _PLACES - _NO_PLACE:
            yield Span(match.start(), match.end(), PersonalKind.PLATE)
