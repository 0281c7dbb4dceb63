"""Languages in the address."""

import datetime as dt

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import get_script_prefix
from django.utils import translation
from django.utils.formats import date_format

from civitas.kit.languages import language_middleware, path_in_language, split_language
from civitas.kit.translated import Translated


@pytest.mark.parametrize(
    ("path", "code", "rest"),
    [
        ("/", "de", "/"),
        ("/en/", "en", "/"),
        ("/en", "en", "/"),
        ("/en/beitrag/1", "en", "/beitrag/1"),
        ("/einfach/geben", "de-simple", "/geben"),
        ("/entdecken", "de", "/entdecken"),
        ("/english", "de", "/english"),
    ],
)
def test_the_prefix_names_the_language(path, code, rest):
    assert split_language(path) == (code, rest)


def test_a_path_goes_there_and_back():
    for code in ("de", "en", "de-simple"):
        assert split_language(path_in_language("/entdecken", code)) == (code, "/entdecken")


def test_a_text_falls_back_to_german_then_to_any():
    assert Translated({"de": "Hallo", "simple": "Hi"}).in_language("de-simple") == "Hi"
    assert Translated({"de": "Hallo"}).in_language("en") == "Hallo"
    assert Translated({"en": "Hello"}).in_language("de") == "Hello"
    assert Translated().in_language("de") == ""


@pytest.mark.parametrize(("language", "said"), [("en", "20 November 2026"), ("de", "20. November 2026")])
def test_a_date_is_written_as_the_language_writes_it(language, said):
    with translation.override(language):
        assert date_format(dt.date(2026, 11, 20), "DATE_FORMAT") == said


def test_a_request_leaves_the_language_of_its_thread_as_it_was():
    def answer(request):
        if request.path_info == "/fault":
            raise ZeroDivisionError
        return HttpResponse(f"{translation.get_language()} {get_script_prefix()}")

    ask = language_middleware(answer)
    for path, said in [("/en/entdecken", "en /en/"), ("/einfach/", "de-simple /einfach/"), ("/en/fault", None)]:
        request = RequestFactory().get(path)
        request.city = None
        if said is None:
            with pytest.raises(ZeroDivisionError):
                ask(request)
        else:
            assert ask(request).content.decode() == said
        assert (translation.get_language(), get_script_prefix()) == ("de", "/")
