"""A GET cannot write."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from civitas.cities.models import City
from civitas.kit.writes import WriteOnRead, read_only_middleware

pytestmark = pytest.mark.django_db


def _write(request):
    City.objects.create(slug="new", settings={})
    return HttpResponse()


def test_a_view_that_writes_on_get_is_a_fault():
    with pytest.raises(WriteOnRead):
        read_only_middleware(_write)(RequestFactory().get("/"))


def test_a_post_may_write():
    read_only_middleware(_write)(RequestFactory().post("/"))
    assert City.objects.filter(slug="new").exists()
