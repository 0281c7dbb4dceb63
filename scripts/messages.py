"""Keeps the catalogues of the interface: one folder `locale` in every room that has texts.

    python scripts/messages.py extract [ROOM …]   bring the .po files up to date with the code
    python scripts/messages.py compile            make the .mo files that Django reads
    python scripts/messages.py check              name every text that is not translated as it should be

It needs no gettext programs. The files carry neither dates nor line numbers, so that two branches rarely meet in them.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import polib

SOURCE = Path(__file__).resolve().parent.parent / "src" / "civitas"
# English needs no catalogue: the texts in the code are English.
LOCALES = ("de", "de_Simple")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!%)%[sd]|\{\w*\}")
# Simple German keeps to about ten words a sentence.
LONGEST_SIMPLE_SENTENCE = 14
PLURALS = "nplurals=2; plural=(n != 1);"


class Text(NamedTuple):
    """What the code asks gettext for."""

    context: str | None
    singular: str


@dataclass
class Use:
    """How the code uses a text: its plural form, if it has one, and the files it stands in."""

    plural: str | None = None
    files: set[str] = field(default_factory=set)


class Fault(NamedTuple):
    """What is wrong with one text in one catalogue."""

    catalogue: str
    text: str
    reason: str

    def __str__(self) -> str:
        return f"{self.catalogue}: {self.text!r}: {self.reason}"


def room_of(path: Path) -> Path:
    """The folder that keeps the catalogue of a file: the nearest app above it, or else the room."""
    if path.relative_to(SOURCE).parts[0] == "project":
        # The project is no app, so Django looks for no catalogue there.
        return SOURCE / "kit"
    for folder in path.parents:
        if (folder / "apps.py").exists() or folder.parent == SOURCE:
            return folder
    return SOURCE


def find_sources() -> Iterator[Path]:
    """Every Python file and template of the house, in a fixed order."""
    for path in sorted(SOURCE.rglob("*")):
        parts = path.relative_to(SOURCE).parts
        template = path.suffix in {".html", ".txt", ".ics"} and "templates" in parts
        if (path.suffix == ".py" and "migrations" not in parts) or template:
            yield path


def read_python(path: Path) -> str:
    """The file as Python: a template is turned into calls of gettext, with blanked words between them."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text
    from django.utils.translation.template import templatize

    # The blanked words keep the template's indentation, which Python's tokenizer would stumble over.
    return re.sub(r"(?m)^[ \t]+", "", templatize(text, origin=str(path)))


def extract_texts(path: Path) -> Iterator[tuple[Text, str | None]]:
    """Each text that a file asks for, with its plural form."""
    from babel.messages.extract import extract

    stream = BytesIO(read_python(path).encode())
    options = {"encoding": "utf-8"}
    for _line, message, _comments, context in extract("python", stream, keywords=KEYWORDS, options=options):
        forms = (message,) if isinstance(message, str) else tuple(message)
        if forms and forms[0]:
            yield Text(context, forms[0]), forms[1] if len(forms) > 1 else None


def collect_texts() -> dict[Path, dict[Text, Use]]:
    """What every room asks for."""
    rooms: dict[Path, dict[Text, Use]] = {}
    for path in find_sources():
        for text, plural in extract_texts(path):
            use = rooms.setdefault(room_of(path), {}).setdefault(text, Use())
            use.plural = use.plural or plural
            use.files.add(str(path.relative_to(SOURCE)))
    return rooms


def catalogue_of(room: Path, locale: str) -> Path:
    return room / "locale" / locale / "LC_MESSAGES" / "django.po"


def text_of(entry: polib.POEntry) -> Text:
    return Text(entry.msgctxt or None, entry.msgid)


def read_catalogue(path: Path) -> dict[Text, polib.POEntry]:
    """The entries of a catalogue; none if there is no file yet."""
    if not path.exists():
        return {}
    return {text_of(entry): entry for entry in polib.pofile(str(path), encoding="utf-8") if not entry.obsolete}


def translations_of(entry: polib.POEntry) -> tuple[str, ...]:
    """The translation, or its singular and plural."""
    return tuple(entry.msgstr_plural.values()) if entry.msgid_plural else (entry.msgstr,)


def find_catalogues() -> list[Path]:
    return sorted(SOURCE.rglob("LC_MESSAGES/django.po"))


def read_known(locale: str) -> dict[tuple[Text, bool], polib.POEntry]:
    """What any room has translated so far: a text that two rooms share is translated once."""
    known = {}
    for path in find_catalogues():
        if path.parent.parent.name == locale:
            for text, entry in read_catalogue(path).items():
                if all(translations_of(entry)):
                    known[text, bool(entry.msgid_plural)] = entry
    return known


def make_entry(text: Text, use: Use, old: polib.POEntry | None) -> polib.POEntry:
    """An entry for the text that keeps the old one's translation and the translator's own comment."""
    entry = polib.POEntry(msgid=text.singular, msgctxt=text.context)
    if old is not None:
        entry.tcomment = old.tcomment
    if use.plural:
        entry.msgid_plural = use.plural
        entry.msgstr_plural = dict(old.msgstr_plural) if old is not None and old.msgid_plural else {0: "", 1: ""}
    elif old is not None and not old.msgid_plural:
        entry.msgstr = old.msgstr
    return entry


def write_catalogue(path: Path, locale: str, entries: Iterable[polib.POEntry]) -> bool:
    """Writes the file if it changed, and says whether it did."""
    catalogue = polib.POFile(wrapwidth=0)
    catalogue.metadata = {
        "Language": locale,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS,
    }
    catalogue.extend(sorted(entries, key=lambda entry: (entry.msgid, entry.msgctxt or "")))
    content = f"{catalogue}".rstrip("\n") + "\n"
    if path.exists() and path.read_text(encoding="utf-8") == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return True


def extract_catalogues(only: list[str]) -> int:
    """Brings the catalogues up to date: all of them, or those of the rooms named."""
    rooms = collect_texts()
    for path in find_catalogues():
        # A room whose last text is gone keeps an empty catalogue rather than stale texts.
        rooms.setdefault(path.parents[3], {})
    for locale in LOCALES:
        known = read_known(locale)
        for room, texts in sorted(rooms.items()):
            name = room.relative_to(SOURCE).as_posix()
            if only and name not in only:
                continue
            path = catalogue_of(room, locale)
            old = read_catalogue(path)
            entries = []
            for text, use in texts.items():
                entry = make_entry(text, use, old.get(text))
                if not all(translations_of(entry)):
                    entry = make_entry(text, use, known.get((text, bool(use.plural)), old.get(text)))
                entries.append(entry)
            missing = sum(not all(translations_of(entry)) for entry in entries)
            if write_catalogue(path, locale, entries) or missing:
                print(f"{path.relative_to(SOURCE)}: {len(entries)} texts, {missing} to translate")
    return 0


def compile_catalogues() -> int:
    """Writes a .mo file beside every .po file."""
    for path in find_catalogues():
        polib.pofile(str(path), encoding="utf-8").save_as_mofile(str(path.with_suffix(".mo")))
    return 0


def find_long_sentence(text: str) -> str | None:
    """The first sentence that is too long for simple German."""
    for sentence in re.split(r"(?<=[.!?:])\s+|\n", text):
        if len(re.findall(r"[^\W\d_][\w·-]*", PLACEHOLDER.sub("x", sentence))) > LONGEST_SIMPLE_SENTENCE:
            return sentence
    return None


def check_entry(text: Text, use: Use, entry: polib.POEntry | None, locale: str) -> str | None:
    """Why the translation will not do, or None."""
    if entry is None or not all(form.strip() for form in translations_of(entry)):
        return "has no translation"
    if (entry.msgid_plural or None) != use.plural:
        return "has another plural form in the code"
    if "fuzzy" in entry.flags:
        return "is marked as uncertain"
    wanted = set(PLACEHOLDER.findall(text.singular)) | set(PLACEHOLDER.findall(use.plural or ""))
    for index, form in enumerate(translations_of(entry)):
        found = set(PLACEHOLDER.findall(form))
        # "One person" may do without its number; more than one may not.
        missing = set() if use.plural and index == 0 else wanted - found
        if found - wanted or missing:
            return f"has other placeholders: {', '.join(sorted((found - wanted) | missing))}"
        if locale == "de_Simple" and (sentence := find_long_sentence(form)):
            return f"is not simple enough, this sentence is long: {sentence!r}"
    return None


def find_faults() -> list[Fault]:
    """Every text that is missing, has other placeholders or is translated in two ways."""
    faults = []
    seen: dict[tuple[str, Text], tuple[str, tuple[str, ...]]] = {}
    for room, texts in sorted(collect_texts().items()):
        for locale in LOCALES:
            path = catalogue_of(room, locale)
            name = path.relative_to(SOURCE).as_posix()
            catalogue = read_catalogue(path)
            for text, use in sorted(texts.items(), key=lambda item: item[0].singular):
                entry = catalogue.get(text)
                reason = check_entry(text, use, entry, locale)
                if reason is None and entry is not None:
                    # Django pours all catalogues into one: a second translation would win or lose by chance.
                    other, translations = seen.setdefault((locale, text), (name, translations_of(entry)))
                    if len(translations) == len(translations_of(entry)) and translations != translations_of(entry):
                        reason = f"is translated otherwise in {other}: {translations[0]!r}"
                if reason:
                    faults.append(Fault(name, text.singular, reason))
    return faults


def check_catalogues() -> int:
    """Prints every fault; the exit code is 1 if there is one."""
    faults = find_faults()
    for fault in faults:
        print(fault)
    if faults:
        print(f"{len(faults)} texts to look at; `make messages` adds what is missing.")
    return 1 if faults else 0


def main(arguments: list[str]) -> int:
    match arguments:
        case ["extract", *rooms]:
            return extract_catalogues(rooms)
        case ["compile"]:
            return compile_catalogues()
        case ["check"]:
            return check_catalogues()
        case _:
            print(__doc__)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
