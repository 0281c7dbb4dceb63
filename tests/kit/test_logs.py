"""Nothing personal in logs."""

import logging
import sys

from civitas.kit.logs import PlainFormatter


def _record(message: str, error: BaseException | None = None) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("civitas", logging.ERROR, __file__, 1, message, (), info)


def test_mail_addresses_and_query_strings_are_left_out():
    line = PlainFormatter().format(_record("GET /entdecken?worte=Krankheit by maria@example.org"))
    assert "Krankheit" not in line
    assert "maria" not in line
    assert "/entdecken" in line


def test_an_error_shows_its_class_and_place_and_not_its_words():
    try:
        raise ValueError("text of a person")
    except ValueError as error:
        line = PlainFormatter().format(_record("failed", error))
        assert sys.exc_info()[0] is ValueError
    assert "ValueError" in line
    assert "text of a person" not in line
    assert "test_logs.py" in line
