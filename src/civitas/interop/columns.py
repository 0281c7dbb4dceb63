"""Which column of a file means what, and what its cells say: dates, places, counts, texts."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.utils.translation import gettext_noop

from civitas.contributions.drawings import LONGEST, brought_drawing, drawing_from_text
from civitas.interop.sayings import Saying
from civitas.interop.tables import Unreadable, restored
from civitas.kit.texts import cleaned, cleaned_line
from civitas.kit.verdicts import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any
    from zoneinfo import ZoneInfo

    from civitas.cities.models import City
    from civitas.interop.tables import Record

# Field -> names of columns that mean it, in German and English, the likeliest first.
CONTRIBUTION_NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id", "document_id", "contribution_id", "beitrag_id", "beitragsid", "kennung", "node_id", "uid"),
    "url": ("url", "link", "adresse_des_beitrags", "contribution_url", "source_url", "webadresse"),
    "title": ("title", "titel", "überschrift", "headline", "betreff", "subject"),
    "text": ("text", "beschreibung", "contributiontext", "description", "inhalt", "content", "beitrag", "body", "beitragstext"),
    "audience": ("audience", "zielgruppe", "wem_hilft_es", "für_wen", "for_whom"),
    "proposal": ("proposal", "vorschlag", "suggestion"),
    "benefit": ("benefit", "nutzen"),
    "kind": ("kind", "art"),
    "category": ("category", "kategorie", "thema", "topic", "rubrik"),
    "service": ("service", "dienstleistung"),
    "created": ("created", "date", "datum", "created_at", "erstellt", "erstellt_am", "eingereicht_am", "created_utc", "published"),
    "area": ("area", "stadtteil", "ortsteil", "quartier", "district"),
    "place_name": ("place_name", "ort", "place"),
    "lat": ("lat", "latitude", "breite", "breitengrad"),
    "lon": ("lon", "lng", "long", "longitude", "länge", "längengrad"),
    "drawing": ("drawing", "zeichnung", "location"),
    "language": ("language", "sprache"),
    "organisation": ("organisation", "organization"),
    "status": ("status",),
    "answer": ("answer", "antwort"),
    "answered_by": ("answered_by", "antwort_von"),
    "answered_at": ("answered_at", "antwort_am"),
    "merged_into": ("merged_into", "zusammengelegt_mit"),
    "votes": ("votes", "stimmen", "likes", "imported_support", "zustimmung", "upvotes"),
}
COMMENT_NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id", "comment_id", "kommentar_id", "document_id", "kennung", "uid"),
    "reply_to": ("reply_to", "antwort_auf", "parent", "parent_id", "in_reply_to"),
    "contribution_url": ("contribution_url", "contribution", "contribution_id", "beitrag", "beitrag_id", "beitrag_url"),
    "url": ("url", "link", "source_url"),
    "title": CONTRIBUTION_NAMES["title"],
    "text": ("text", "comment", "kommentar", "commenttext", "inhalt", "content", "body", "beschreibung"),
    "created": CONTRIBUTION_NAMES["created"],
    "language": CONTRIBUTION_NAMES["language"],
    "organisation": CONTRIBUTION_NAMES["organisation"],
    "stance": ("stance", "haltung", "pro_contra"),
}
# How files name the side that a comment takes.
STANCES = {
    **dict.fromkeys(("for", "pro", "dafür", "dafuer", "ja", "yes", "zustimmung", "+1", "1"), "for"),
    **dict.fromkeys(("against", "contra", "kontra", "dagegen", "nein", "no", "ablehnung", "-1"), "against"),
    **dict.fromkeys(("neutral", "0", "enthaltung"), "neutral"),
}
# What an export adds for readers; on import it is ours to count.
OURS = {"number", "support_count", "comments"}
# What a file of rejected rows says of them: mended, it can be imported itself.
_OF_REJECTS = {"reason", "line"}
_MONTHS = {
    "jan": 1,
    "feb": 2,
    "mär": 3,
    "mar": 3,
    "mrz": 3,
    "apr": 4,
    "mai": 5,
    "may": 5,
    "jun": 6,
    "jul": 7,
    "aug": 8,
    "sep": 9,
    "okt": 10,
    "oct": 10,
    "nov": 11,
    "dez": 12,
    "dec": 12,
}
_WORDED = re.compile(r"(\d{1,2})\.?\s+([^\W\d_]{3,9})\.?,?\s+(\d{4})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\s+Uhr)?)?")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\s+Uhr)?)?")
_LONGEST_URL = 500
MOST_VOTES = 2_000_000_000


class BadCell(Saying):
    """A cell does not say what its column is for; the message is the reason for the reject file."""


def _plain(name: str) -> str:
    return re.sub(r"[\s_\-./()]+", "_", name.strip().casefold()).strip("_")


def recognised(header: Iterable[str], names: Mapping[str, tuple[str, ...]], chosen: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Field -> column, and the columns that nobody reads. `chosen` are columns mapped by hand; raises Unreadable where they do not fit."""
    columns = list(header)
    for column, field in chosen.items():
        if column not in columns:
            sentence = gettext_noop("There is no column '%(column)s'. The file has: %(columns)s.")
            raise Unreadable(sentence, column=column, columns=", ".join(columns))
        if field not in names:
            sentence = gettext_noop("'%(field)s' is no field. There are: %(fields)s.")
            raise Unreadable(sentence, field=field, fields=", ".join(names))
    found = guessed(columns, names, chosen)
    require_enough(columns, found)
    return found, [column for column in columns if column not in found.values() and _plain(column) not in OURS | _OF_REJECTS]


def guessed(columns: list[str], names: Mapping[str, tuple[str, ...]], chosen: Mapping[str, str]) -> dict[str, str]:
    """Field -> column: those chosen by hand, and for the others the column whose name says so."""
    found = {field: column for column, field in chosen.items()}
    free = {_plain(column): column for column in reversed(columns) if column not in chosen}
    for field, known in names.items():
        likeliest = next((free[name] for name in known if name in free), None)
        if field not in found and likeliest is not None and likeliest not in found.values():
            found[field] = likeliest
    return found


def require_enough(columns: Iterable[str], found: Mapping[str, str]) -> None:
    """Raise Unreadable unless these fields say something of each row and tell it apart."""
    if not {"title", "text"} & found.keys():
        sentence = gettext_noop(
            "No column holds a title or a text. The first line must name the columns; it reads: %(columns)s. Say which column is the text."
        )
        raise Unreadable(sentence, columns=", ".join(columns))
    if not {"id", "url"} & found.keys():
        raise Unreadable(
            gettext_noop(
                "No column tells the rows apart, so a second import could double them. Say which column holds their id or their address."
            )
        )


class Cells:
    """What a record says, by field. '' where the file has no such column."""

    def __init__(self, record: Record, fields: Mapping[str, str], zone: ZoneInfo) -> None:
        self._record, self._fields, self._zone = record, fields, zone

    def raw(self, field: str) -> str:
        """The cell as written, without the apostrophe that defused it."""
        return restored(self._record.cells.get(self._fields.get(field, ""), ""))

    def line(self, field: str, *, longest: int) -> str:
        """A text of one line; raises BadCell when it is too long."""
        return _short(cleaned_line(self.raw(field)), field, longest)

    def text(self, field: str, *, longest: int) -> str:
        """A text of several lines; raises BadCell when it is too long."""
        return _short(cleaned(self.raw(field)), field, longest)

    def moment(self, field: str) -> dt.datetime | None:
        """A date and time (UTC), read by `moment`; None where nothing is said. A column may say of itself that it is in UTC."""
        text = self.line(field, longest=80)
        is_utc = _plain(self._fields.get(field, "")).endswith("_utc")
        return moment(text, dt.UTC if is_utc else self._zone) if text else None

    def url(self, field: str) -> str:
        """A web address; raises BadCell for anything else."""
        text = self.raw(field).strip()
        if not text:
            return ""
        try:
            parts = urlsplit(text)
        except ValueError:
            parts = urlsplit("")
        if (
            parts.scheme not in {"http", "https"}
            or not parts.netloc
            or len(text) > _LONGEST_URL
            or cleaned_line(text) != text
            or " " in text
        ):
            sentence = gettext_noop("'%(cell)s' is no web address of at most %(limit)s characters")
            raise BadCell(sentence, cell=text[:80], limit=_LONGEST_URL)
        return text

    def votes(self) -> int:
        """A count from 0; raises BadCell for anything else."""
        text = self.line("votes", longest=20)
        if not text:
            return 0
        whole = re.fullmatch(r"(\d{1,10})([.,]0+)?", text)
        if whole is None or int(whole[1]) > MOST_VOTES:
            raise BadCell(gettext_noop("the votes '%(cell)s' are no whole number from 0"), cell=text)
        return int(whole[1])

    def stance(self) -> str:
        """The side that a comment takes ('' = none); raises BadCell for a word that names no side."""
        text = self.line("stance", longest=40)
        if text and text.casefold() not in STANCES:
            raise BadCell(gettext_noop("'%(cell)s' is no side of a comment: for, against or neutral"), cell=text)
        return STANCES.get(text.casefold(), "")

    def place(self) -> tuple[float | None, float | None]:
        """WGS84 degrees, with decimal point or comma; raises BadCell when one is missing or out of range."""
        texts = [self.line(field, longest=40) for field in ("lat", "lon")]
        if not any(texts):
            return None, None
        try:
            lat, lon = (float(text.replace(",", ".")) for text in texts)
        except ValueError:
            raise BadCell(gettext_noop("'%(lat)s', '%(lon)s' is no place in degrees"), lat=texts[0], lon=texts[1]) from None
        if not (math.isfinite(lat) and math.isfinite(lon) and -90 <= lat <= 90 and -180 <= lon <= 180):
            sentence = gettext_noop("'%(lat)s', '%(lon)s' lies outside the world (WGS84 degrees are wanted)")
            raise BadCell(sentence, lat=texts[0], lon=texts[1])
        return lat, lon

    def drawing(self, city: City) -> tuple[dict[str, Any] | None, float | None, float | None]:
        """What was drawn, from WKT or GeoJSON, with the point (lat, lon) that stands for it; raises BadCell for anything else."""
        try:
            found = drawing_from_text(self.raw("drawing"))
            return brought_drawing(city, found) if found else (None, None, None)
        except Refused:
            sentence = gettext_noop(
                "the drawing is no point, line or plain area in WKT or GeoJSON (WGS84 degrees, longitude first, "
                "an edge that does not cross itself, at most %(limit)s characters)"
            )
            raise BadCell(sentence, limit=f"{LONGEST:,}") from None


def _short(text: str, field: str, longest: int) -> str:
    if len(text) > longest:
        sentence = gettext_noop("the %(field)s has %(count)s characters, at most %(limit)s fit")
        raise BadCell(sentence, field=field, count=f"{len(text):,}", limit=f"{longest:,}")
    return text


def moment(text: str, zone: dt.tzinfo) -> dt.datetime:
    """A moment (UTC) from ISO 8601, '13. Sep. 2017 09:58' or '13.09.2017 09:58'; without a zone it is the city's. Raises BadCell.

    An hour that the clocks skip in spring is taken as the one after; of an hour that comes twice in autumn, the first.
    """
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        found = _german(text)
    try:
        if found.tzinfo is None:
            found = found.replace(tzinfo=zone)
        utc = found.astimezone(dt.UTC)
    except OverflowError:
        utc = None
    if utc is None or not 1900 <= utc.year <= 2200:
        raise BadCell(gettext_noop("the date '%(cell)s' lies too far away"), cell=text)
    return utc


def _german(text: str) -> dt.datetime:
    worded, dotted = _WORDED.fullmatch(text), _DOTTED.fullmatch(text)
    match = worded or dotted
    month = 0
    if worded:
        month = _MONTHS.get(worded[2][:3].casefold(), 0)
    elif dotted:
        month = int(dotted[2])
    try:
        if match is None:
            raise ValueError
        hour, minute, second = (int(part or 0) for part in match.groups()[3:])
        return dt.datetime(int(match[3]), month, int(match[1]), hour, minute, second)  # noqa: DTZ001  (the caller adds the zone)
    except ValueError:
        raise BadCell(gettext_noop("'%(cell)s' is no date that we can read"), cell=text) from None
