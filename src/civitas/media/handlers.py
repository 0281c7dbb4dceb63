"""What keeps uploads from filling the disk: bodies that are too large are refused unread, files that are too large are let run by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.utils.translation import gettext as _

from civitas.kit.errors import error_page
from civitas.media.limits import FORM_BYTES, MEGABYTE, VIDEO_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

# Where a request says which of its files were left out: names of files.
TOO_LARGE = "civitas.too_large"


def body_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer 413 to a body that is larger than any form of ours, by what it says of itself and without reading it.

    A body that does not say how long it is counts as empty: nothing reads past what was announced.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        try:
            announced = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            announced = 0
        if announced <= FORM_BYTES:
            return get_response(request)
        request.META["CONTENT_LENGTH"] = "0"  # what answers must not start to read it
        figures = {"limit": FORM_BYTES // MEGABYTE}
        sentence = _(
            "That is more than %(limit)d MB. Please go back: your text is still in the form. Choose smaller files and send it again."
        )
        response = error_page(request, "413", 413, reason=sentence % figures)
        response.headers["Connection"] = "close"
        return response

    return middleware


class LimitHandler(FileUploadHandler):
    """Keeps no file that is larger than the largest we take; the form's words still arrive, and the page says which file it was."""

    def new_file(self, *arguments: Any, **options: Any) -> None:
        """Begin to count."""
        super().new_file(*arguments, **options)
        self.seen = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass a piece on to whoever keeps it, until it is too much."""
        self.seen += len(raw_data)
        if self.seen > VIDEO_BYTES:
            assert self.request is not None
            self.request.META.setdefault(TOO_LARGE, []).append(self.file_name or "")
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handler keeps it."""
        return
