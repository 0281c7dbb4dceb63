"""What people type, made safe to keep and to show."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Collection

# Characters that turn the direction of text round or hide in it (Unicode TR 36); U+200C and U+200D stay, Persian and emoji need them.
_TRICKS = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]")
# Of these, and of control characters, those that no keyboard makes and no text needs.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]")
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
_TABLE = {"table", "thead", "tbody", "tr", "th", "td"}
_TAGS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "br", "blockquote", "code", "hr"} | _TABLE
_SCHEMES = {"http", "https", "mailto", "tel"}


def cleaned(text: str) -> str:
    """Text as kept: NFC, Unix line ends, without control and direction characters, no trailing blanks, at most one empty line in a row."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _TRICKS.sub("", text)
    if not text.replace("\n", "").isprintable():  # most are, and need no look at each character
        text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs", "Cn"})
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def cleaned_line(text: str) -> str:
    """A text of one line: as `cleaned`, with every run of white space as one blank."""
    return " ".join(cleaned(text).split())


def told_apart(name: str, taken: Collection[str], *, longest: int) -> str:
    """A name that nobody of `taken` has, whatever its capitals: the second "Otter" is "Otter 2". One that is empty stays so."""
    known = {each.casefold() for each in taken}
    number, found = 2, name
    while found and found.casefold() in known:
        tail = f" {number}"
        found = name[: longest - len(tail)].rstrip() + tail
        number += 1
    return found


def added_lines(before: str, after: str) -> str:
    """The lines of a text that did not stand in it before."""
    known = set(before.splitlines())
    return "\n".join(line for line in after.splitlines() if line not in known)


def has_unseen(text: str) -> bool:
    """Whether a text holds control characters, or such that turn its direction round unseen."""
    return bool(_UNSEEN.search(text))


def rendered(markdown: str) -> SafeString:
    """A city's Markdown as safe HTML: no raw HTML, no pictures from elsewhere, headings from h2 down."""
    html = _MARKDOWN.render(markdown)
    html = nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes=_SCHEMES, link_rel="noopener noreferrer")
    return mark_safe(html)  # noqa: S308  (cleaned by nh3)


def slugified(title: str, *, longest: int = 60) -> str:
    """A title as part of an address: German letters spelled out, words joined by hyphens, cut at a word; '' if nothing is left."""
    table = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
    ascii_text = unicodedata.normalize("NFKD", title.lower().translate(table)).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-")
    if len(slug) <= longest:
        return slug
    return slug[: longest + 1].rpartition("-")[0] or slug[:longest]
