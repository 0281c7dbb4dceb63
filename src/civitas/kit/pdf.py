"""Pages as PDF/UA by weasyprint; where the machine lacks its library, the button says so and what brings it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from civitas.kit.frontend import BUILT
from civitas.kit.verdicts import YES, Verdict, no

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest


@cache
def _weasyprint() -> Any:
    try:
        import weasyprint
    except (ImportError, OSError):  # OSError: the Python package is there, its system library is not
        return None
    return weasyprint


def may_print() -> Verdict:
    """Whether this machine can make PDFs."""
    if _weasyprint() is not None:
        return YES
    return no(
        _(
            "This machine cannot make PDF files yet: the library Pango is missing. "
            "On Debian, “apt-get install libpango-1.0-0 libpangoft2-1.0-0” brings it."
        ),
        status=503,
    )


def _own_only(pictures: Mapping[str, tuple[bytes, str]]) -> Any:
    """A fetcher that knows the house's own fonts (`font:latin-400`) and the page's pictures (`picture:1`), and nothing else."""
    urls = _weasyprint().urls

    class Fetcher(urls.URLFetcher):  # type: ignore[misc, name-defined]  # known only where Pango is
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.removeprefix("picture:") in pictures:
                raw, mime = pictures[url.removeprefix("picture:")]
                return urls.URLFetcherResponse(url, raw, {"Content-Type": mime})
            name = url.removeprefix("font:")
            found = sorted(BUILT.glob(f"fira-sans-{name}-*.woff2")) if url.startswith("font:") and name.replace("-", "").isalnum() else []
            if not found:
                raise ValueError("a PDF loads nothing but our own fonts")
            return urls.URLFetcherResponse(url, found[0].read_bytes(), {"Content-Type": "font/woff2"})

    return Fetcher()


def pdf_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, name: str, pictures: Mapping[str, tuple[bytes, str]] | None = None
) -> HttpResponse:
    """A template as tagged PDF (PDF/UA-1) to download; raises Refused (503) where the library is missing.

    `pictures` are those that it shows as `picture:<key>`: their bytes and kind.
    """
    may_print().require()
    html = render_to_string(template, dict(context), request=request)
    document = _weasyprint().HTML(string=html, url_fetcher=_own_only(pictures or {}))
    response = HttpResponse(document.write_pdf(pdf_variant="pdf/ua-1"), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response
