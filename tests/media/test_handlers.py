"""Nothing that is sent fills the disk."""

import io

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http.multipartparser import MultiPartParser
from django.test import RequestFactory
from tests import factories

from civitas.media import handlers
from civitas.media.handlers import TOO_LARGE, LimitHandler


def test_a_body_of_3_gigabytes_is_refused_unread(client, db):
    factories.make_city("hafen")
    answer = client.generic("POST", "/geben", b"x", headers={"host": "hafen.localhost"}, CONTENT_LENGTH=str(3_000_000_000))
    assert answer.status_code == 413
    assert "300 MB" in answer.content.decode()


def test_of_a_form_with_a_file_that_is_too_large_the_words_arrive(monkeypatch):
    monkeypatch.setattr(handlers, "VIDEO_BYTES", 100_000)
    body = (
        b'--x\r\nContent-Disposition: form-data; name="picture"; filename="film.mp4"\r\n\r\n'
        + bytes(400_000)
        + b'\r\n--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nMehr B\xc3\xa4ume\r\n--x--\r\n'
    )
    request = RequestFactory().post("/")
    taking = [LimitHandler(request), MemoryFileUploadHandler(request)]
    meta = {"CONTENT_TYPE": "multipart/form-data; boundary=x", "CONTENT_LENGTH": str(len(body))}
    words, files = MultiPartParser(meta, io.BytesIO(body), taking, "utf-8").parse()
    assert words["title"] == "Mehr Bäume"
    assert not files
    assert request.META[TOO_LARGE] == ["film.mp4"]
