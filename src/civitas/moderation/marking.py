"""Marking in a text what a machine takes for personal data: a proposal for who decides, no more."""

from __future__ import annotations

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from civitas.kit.personal import PersonalKind, personal_in


def marked(text: str) -> SafeString:
    """A text as paragraphs, with mail addresses, telephone numbers, bank accounts and number plates marked and named."""
    parts: list[str] = []
    last = 0
    for span in personal_in(text):
        if span.start < last:
            continue
        parts += [conditional_escape(text[last : span.start]), _mark(text[span.start : span.end], PersonalKind(span.kind))]
        last = span.end
    parts.append(conditional_escape(text[last:]))
    paragraphs = "".join(parts).split("\n\n")
    lines = ("<p>" + paragraph.replace("\n", "<br>") + "</p>" for paragraph in paragraphs if paragraph.strip())
    return mark_safe("".join(lines))  # noqa: S308  (every part was escaped above)


def _mark(text: str, kind: PersonalKind) -> str:
    return format_html('<mark class="proposal"><span class="sr">{}: </span>{}</mark>', kind.label, text)
