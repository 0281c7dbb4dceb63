"""What the worker may find wrong with a file that was taken in: kept as a code, worded when somebody reads it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from civitas.kit.verdicts import Refused
from civitas.media.limits import DOCUMENT_PAGES, VIDEO_SECONDS
from civitas.media.models import MediaFile

Fault = MediaFile.Fault


class Faulty(Refused):
    """A file is not what it seemed. `figure` is the number that its sentence needs: pages of a document, seconds of a video."""

    def __init__(self, fault: str, figure: int = 0) -> None:
        sentence = fault_in_words(fault, figure)
        super().__init__(sentence, status=400, fields={"picture": sentence})
        self.fault, self.figure = fault, figure


def fault_in_words(fault: str, figure: int = 0) -> str:
    """The sentence for who gave the file; '' where there is no fault."""
    if fault == Fault.LOCKED:
        return _("This PDF is locked with a password. Please save it without one.")
    if fault == Fault.MANY_PAGES:
        return _("This PDF has %(count)d pages; at most %(limit)d are possible.") % {"limit": DOCUMENT_PAGES, "count": figure}
    if fault == Fault.DAMAGED:
        return _("This PDF seems to be damaged. Please save it once more and try again.")
    if fault == Fault.UNCHECKED:
        return _("We could not check this file. Please save it anew, smaller if you can, and send it again.")
    if fault == Fault.LONG:
        figures = {"limit": VIDEO_SECONDS, "seconds": figure}
        return _("This video lasts %(seconds)d seconds; at most %(limit)d are possible. Please cut it in your gallery first.") % figures
    if fault == Fault.CODEC:
        return _("This video is packed in a way that not every browser can play. Please record it as MP4 with H.264.")
    if fault == Fault.LARGE:
        return _("This video's pictures are too large. Please record it in at most 4K.")
    return _("This is no video that we can read. Please choose an MP4 or WebM file.") if fault else ""


def fault_of(file: MediaFile) -> str:
    """What is wrong with a file, in a sentence; '' while nothing is known to be."""
    if file.state != MediaFile.State.REFUSED:
        return ""
    fault = file.fault or (Fault.DAMAGED if file.is_document else Fault.UNREADABLE)
    return fault_in_words(fault, (file.pages if file.is_document else file.seconds) or 0)
