"""Pages as PDF/UA by weasyprint; where the machine lacks its library, the button says so and what brings it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

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
    return no(_("This machine cannot make PDF files yet: the library Pango is missing. On Debian, “apt-get install libpango-1.0-0 libpangoft2-1.0-0” brings it."), status=503)


def _no_fetching(url: str, *_args: Any, **_options: Any) -> Any:
    # A PDF is made from its own page alone: nothing is read from the disk or the network.
    raise ValueError(f"a PDF loads nothing, not even {url.partition(':')[0]}")


def pdf_page(request: HttpRequest, template: str, context: Mapping[str, Any], *, name: str) -> HttpResponse:
    """A template as tagged PDF (PDF/UA-1) to download; raises Refused (503) where the library is missing."""
    may_print().require()
    html = render_to_string(template, dict(context), request=request)
    document = _weasyprint().HTML(string=html, url_fetcher=_no_fetching)
    response = HttpResponse(document.write_pdf(pdf_variant="pdf/ua-1"), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response
