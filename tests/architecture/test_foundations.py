"""Foundations that no single room can prove: actions know no request, and every row and index begins with its city."""

import re
from pathlib import Path

import pytest
from django.apps import apps

from civitas.cities.models import CityRow

SOURCE = Path(__file__).resolve().parents[2] / "src" / "civitas"
GROUND = [
    path
    for name in ("actions", "rules", "queries", "tasks")
    for each in (f"{name}.py", f"{name}/*.py")
    for path in sorted(SOURCE.rglob(each))
]
CITY_MODELS = [model for model in apps.get_models() if issubclass(model, CityRow)]

_READS = re.compile(r"\brequest\b|HttpRequest|HttpResponse")


@pytest.mark.parametrize("path", GROUND, ids=lambda path: str(path.relative_to(SOURCE)))
def test_actions_rules_and_queries_know_no_request(path):
    code = re.sub(r'"""[\s\S]*?"""|#.*', "", path.read_text())
    assert not _READS.search(code)


@pytest.mark.parametrize("model", CITY_MODELS, ids=lambda model: model._meta.label)
def test_every_index_of_a_citys_rows_begins_with_the_city(model):
    keys = [list(index.fields) for index in model._meta.indexes]
    keys += [list(constraint.fields) for constraint in model._meta.constraints if getattr(constraint, "fields", None)]
    assert [key for key in keys if key[0].lstrip("-") != "city"] == []


@pytest.mark.parametrize("model", CITY_MODELS, ids=lambda model: model._meta.label)
def test_a_citys_rows_are_bounded_by_an_index(model):
    keys = [*model._meta.indexes, *(constraint for constraint in model._meta.constraints if getattr(constraint, "fields", None))]
    assert keys, "a table that only grows needs an index that begins with the city"
