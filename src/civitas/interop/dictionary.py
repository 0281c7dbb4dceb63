"""What each column of an archive means, in German and English: the data dictionary and the codebook are made of this alone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A column: its name, what it means in German and English, and its values or format."""

    name: str
    de: str
    en: str
    values: str = ""


_ID = "Kennung, in allen Dateien dieselbe", "id, the same in all files"
_KINDS = "idea, improvement, theme, concept, result, measure, service_story"
_STATUSES = "received, in_review, planned, in_work, done, not_possible, part_of"
_TIME = "ISO 8601"

CONTRIBUTIONS = (
    Column("id", *_ID),
    Column("number", "Nummer in der Adresse des Beitrags", "number in the contribution's address", "1 …"),
    Column("kind", "Art des Beitrags", "kind of contribution", _KINDS),
    Column("title", "Titel", "title"),
    Column("text", "Worum es geht", "what it is about"),
    Column("audience", "Wem es hilft", "whom it helps"),
    Column("proposal", "Was zu tun ist", "what to do"),
    Column("benefit", "Was dann besser ist", "what is better then"),
    Column("category", "Thema", "topic"),
    Column("service", "Schlüssel der Dienstleistung, um die es geht", "key of the service it is about"),
    Column(
        "organisation", "Organisation, für die jemand spricht; leer bei Privatpersonen", "organisation spoken for; empty for individuals"
    ),
    Column("created", "Wann der Beitrag gegeben wurde", "when it was given", _TIME),
    Column("url", "Adresse, wenn er von anderswo kommt", "address, if it comes from elsewhere"),
    Column("area", "Teil der Stadt", "part of the city"),
    Column("place_name", "Name des Ortes", "name of the place"),
    Column("lat", "Breitengrad", "latitude", "WGS84"),
    Column("lon", "Längengrad", "longitude", "WGS84"),
    Column("drawing", "Zeichnung auf der Karte", "drawing on the map", "WKT, WGS84"),
    Column("language", "Sprache des Textes", "language of the text", "BCP 47"),
    Column("status", "Stand aus Sicht der Stadt", "status as the city sees it", _STATUSES),
    Column("answer", "Letzte Antwort der Stadt", "the city's last answer"),
    Column("answered_by", "Stelle, die antwortete", "department that answered"),
    Column("answered_at", "Wann", "when", _TIME),
    Column("votes", "Stimmen von einer anderen Plattform", "votes from another platform", "0 …"),
    Column("support_count", "Unterstützungen hier", "support given here", "0 …"),
    Column("comments", "Gezeigte Kommentare", "comments shown", "0 …"),
    Column("merged_into", "Kennung des Beitrags, mit dem er zusammengelegt ist", "id of the contribution it was put together with"),
)
HIDDEN = (
    Column("visibility", "Ob der Beitrag gezeigt wird", "whether it is shown", "published, waiting, hidden, withdrawn"),
    Column("hidden_reason", "Warum er verborgen ist", "why it is hidden"),
)
COMMENTS = (
    Column("id", *_ID),
    Column("reply_to", "Kennung dessen, worauf er antwortet", "id of what it replies to"),
    Column("contribution_id", "Kennung des Beitrags", "id of the contribution"),
    Column("text", "Kommentar", "comment"),
    Column("created", "Wann er geschrieben wurde", "when it was written", _TIME),
    Column("url", "Adresse, wenn er von anderswo kommt", "address, if it comes from elsewhere"),
    Column("language", "Sprache", "language", "BCP 47"),
    Column("organisation", "Organisation, für die jemand spricht", "organisation spoken for"),
    Column("stance", "Haltung", "side it takes", "for, against, neutral; leer/empty"),
)
ANSWERS = (
    Column("contribution_id", "Kennung des Beitrags", "id of the contribution"),
    Column("at", "Wann", "when", _TIME),
    Column("status", "Stand von da an", "status from then on", _STATUSES),
    Column("text", "Antwort; leer, wenn nur der Stand wechselte", "answer; empty where only the status changed"),
    Column("next_step", "Nächster Schritt, der versprochen wurde", "next step that was promised"),
    Column("due_on", "Bis wann", "by when", "ISO 8601"),
    Column("organisation", "Stelle, die antwortete", "department that answered"),
    Column("handed_to", "Andere Stelle, an die es ging", "other body it was handed to"),
)
LINKS = (
    Column("source_id", "Kennung des früheren Beitrags", "id of the earlier contribution"),
    Column("target_id", "Kennung dessen, was daraus wurde", "id of what became of it"),
    Column("kind", "Art der Verbindung", "kind of link", "grouped_into, merged_into, split_into, developed_into, led_to, related_to"),
    Column("at", "Wann sie entstand", "when it was made", _TIME),
)
MEDIA = (
    Column("file", "Name der Datei im Ordner media", "name of the file in the folder media"),
    Column("contribution_id", "Kennung des Beitrags", "id of the contribution"),
    Column("type", "Art der Datei", "kind of file", "MIME"),
    Column("description", "Was darauf zu sehen ist, oder ihr Name", "what it shows, or its name"),
    Column("transcript", "Was darin gesagt wird", "what is said in it"),
)
NUMBERS = (
    Column("measure", "Was gezählt ist", "what is counted", "all, kind, status, category, area, service, with_picture, answered, month"),
    Column("value", "Wert", "value"),
    Column("count", "Gezeigte Beiträge", "contributions shown", "0 …"),
)
RESEARCH = (
    Column("id", "Zufällige Kennung, nur in diesem Export", "random id, in this export alone", "12 × 0–9 a–f"),
    Column(
        "person",
        "Zufällige Kennung, wer ihn gab; leer: von anderswo oder gelöscht",
        "random id of who gave it; empty: from elsewhere or erased",
        "12 × 0–9 a–f",
    ),
    Column("kind", "Art des Beitrags", "kind of contribution", _KINDS),
    Column(
        "time",
        "Tag, Monat oder Jahr, so genau wie für zehn Beiträge möglich",
        "day, month or year, as fine as ten contributions allow",
        "YYYY-MM-DD, YYYY-MM, YYYY; leer/empty",
    ),
    Column(
        "place",
        "Rasterzelle, sonst Teil der Stadt, so genau wie für zehn Beiträge möglich",
        "grid cell, else part of the city, as fine as ten contributions allow",
        "cell:lat,lon (0.01°, Südwestecke/south-west corner); area:Name; leer/empty",
    ),
    Column("category", "Thema; other: unter zehn Beiträgen", "topic; other: under ten contributions"),
    Column("language", "Sprache; other: unter zehn Beiträgen", "language; other: under ten contributions", "BCP 47; other"),
    Column("as_organisation", "Ob jemand für eine Organisation spricht", "whether somebody speaks for an organisation", "0, 1"),
    Column("status", "Stand aus Sicht der Stadt", "status as the city sees it", _STATUSES),
    Column("support", "Unterstützungen, auf Zehner gerundet", "support, rounded to tens", "0-9; 10, 20 …"),
    Column("comments", "Kommentare, auf Zehner gerundet", "comments, rounded to tens", "0-9; 10, 20 …"),
    Column(
        "text",
        "Titel und Text; Telefonnummern, Mail-Adressen, Konten und Kennzeichen geschwärzt",
        "title and text; phone numbers, mail addresses, accounts and number plates blacked out",
    ),
    Column("blacked", "Wie viele Stellen geschwärzt sind", "how many passages are blacked out", "0 …"),
)
RESEARCH_COMMENTS = (
    Column("id", "Zufällige Kennung", "random id", "12 × 0–9 a–f"),
    Column("contribution", "Kennung des Beitrags", "id of the contribution", "12 × 0–9 a–f"),
    Column("reply_to", "Kennung dessen, worauf er antwortet", "id of what it replies to", "12 × 0–9 a–f"),
    Column("person", "Zufällige Kennung, wer ihn schrieb", "random id of who wrote it", "12 × 0–9 a–f; leer/empty"),
    Column(
        "time",
        "Monat, sonst Jahr, so genau wie für zehn Kommentare möglich",
        "month, else year, as fine as ten comments allow",
        "YYYY-MM, YYYY; leer/empty",
    ),
    Column("stance", "Haltung", "side it takes", "for, against, neutral; leer/empty"),
    Column("text", "Kommentar, geschwärzt wie oben", "comment, blacked out as above"),
    Column("blacked", "Wie viele Stellen geschwärzt sind", "how many passages are blacked out", "0 …"),
)

FILES = {
    "contributions.csv": CONTRIBUTIONS,
    "comments.csv": COMMENTS,
    "answers.csv": ANSWERS,
    "links.csv": LINKS,
    "media.csv": MEDIA,
    "numbers.csv": NUMBERS,
}
RESEARCH_FILES = {"contributions.csv": RESEARCH, "comments.csv": RESEARCH_COMMENTS}
