"""Templates are used, and keep to the strict content security policy."""

import re

import pytest
from tests.architecture.files import SOURCE, templates

# Django, allauth and the error pages look these up by their names.
FOUND_BY_NAME = re.compile(r"^(account|socialaccount|mfa|usersessions|allauth|django)/|^(400|403|403_csrf|404|500)\.html$")
FORBIDDEN = {
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/(?:ld\+)?json\")", re.IGNORECASE),
    "an inline style": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "an inline handler": re.compile(r"\son(?:click|change|input|submit|load|error|key\w+|mouse\w+|focus|blur)\s*=", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
}


def test_every_template_is_used() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in [*SOURCE.rglob("*.py"), *templates()])
    names = {str(path).split("/templates/", 1)[1] for path in templates()}
    # A name with a computed part, such as f"kit/errors/{name}.html", uses every template that fits it.
    computed = [
        re.compile(re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(name)) + "$")
        for name in re.findall(r"[\"']([\w/{}.\[\]]*\{[^\"']*\.\w+)[\"']", sources)
    ]
    unused = sorted(
        name
        for name in names
        if not FOUND_BY_NAME.search(name)
        and f'"{name}' not in sources
        and f"'{name}" not in sources
        and not any(pattern.match(name) for pattern in computed)
    )
    assert not unused


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_breaks_the_content_security_policy(what: str) -> None:
    found = [
        f"{path.relative_to(SOURCE)}:{number}: {line.strip()}"
        for path in templates()
        # Neither a page for the PDF printer nor a mail is a page of ours in a browser; their style has to be in them.
        if path.suffix in {".html", ".svg"} and not path.stem.endswith("pdf") and (path.name != "mail.html" or "style" not in what)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if FORBIDDEN[what].search(line)
    ]
    assert not found, f"{what} in:\n" + "\n".join(found)
