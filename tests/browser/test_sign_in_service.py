"""Signing in over the city's own service, as a person does it: there, back, connected by a mailed code, and signed out at both."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import ROOT
from tests.browser.doing import CODE, code_in, mails_to, read_next_mail
from tests.people.provider import CLIENT
from tests.people.signing_in import NAME, Provider, start_provider

if TYPE_CHECKING:
    from collections.abc import Iterator

CITY, ADDRESS = "klein", "dilek-{size}@klein.example.org"
SIGN_IN = """
[sign_in]
issuer = "{issuer}"
client_id = "{client}"
name = "{name}"
public = true

[sign_in.label]
de = "Mit {name} anmelden"
"""


@pytest.fixture(scope="module")
def provider(site: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """A small city whose pack names a service, which is there for this file alone: a city keeps what it was told for some seconds."""
    with start_provider() as started:
        pack = shutil.copytree(ROOT / "tests/packs/small", tmp_path_factory.mktemp("packs") / CITY)
        with (pack / "city.toml").open("a", encoding="utf-8") as file:
            file.write(SIGN_IN.format(issuer=started.issuer, client=CLIENT, name=NAME))
        site.run("city", "load", str(pack))
        started.tell(is_public=True)
        yield started


def test_somebody_comes_over_the_citys_service_and_signs_out_at_both(any_size: Any, visit: Any, provider: Provider) -> None:
    size = any_size.page.viewport_size["width"]
    address, reader = ADDRESS.format(size=size), visit("desktop")
    provider.knows(f"dilek-{size}", address)
    any_size.expect_error(re.escape(provider.issuer))  # the one other place where this person goes

    # There and back, to be asked where one can be reached.
    page = any_size.open(CITY, "/konto/anmelden?next=/konto/sicherheit")
    button = page.get_by_role("link", name="Mit BundID anmelden")
    for _again in range(80):  # a pack that was just loaded shows within seconds
        if button.count():
            break
        page.wait_for_timeout(250)
        page.reload()
    any_size.check_width()
    button.click()
    page.get_by_role("link", name="Weiter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Fast geschafft")
    expect(page.locator("#id_email")).to_have_value(address)
    any_size.check_axe()
    any_size.check_width()

    # The mailed code connects the two.
    known = mails_to(reader, CITY, address, least=0, about=CODE)
    page.get_by_role("button", name="Code senden").click()
    expect(page.get_by_text("verbinden Sie auch Ihr Konto hier mit BundID")).to_be_visible()
    any_size.check_width()
    page.locator("#id_code").fill(code_in(read_next_mail(reader, CITY, address, known=known, about=CODE)))
    page.locator("form.people-form .actions button").first.click()
    expect(page).to_have_url(re.compile("/konto/sicherheit$"))
    expect(page.get_by_text("Ab jetzt können Sie sich mit BundID anmelden.")).to_be_visible()
    expect(page.get_by_role("button", name="Von BundID trennen")).to_be_visible()
    any_size.check_axe()
    any_size.check_width()

    # Signed out here, then there; who cancels reads it, and the next time the service alone is enough.
    any_size.open(CITY, "/konto/abmelden").locator("main form button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sie sind hier abgemeldet")
    any_size.check_axe()
    any_size.check_width()
    page.get_by_role("link", name="Auch bei BundID abmelden").click()
    expect(page).to_have_url(re.compile("/konto/abgemeldet$"))
    assert provider.seen()["signed_out"][-1]["id_token_hint"]
    any_size.open(CITY, "/konto/anmelden").get_by_role("link", name="Mit BundID anmelden").click()
    page.get_by_role("link", name="Abbrechen").click()
    expect(page.get_by_text("Sie haben sich nicht mit BundID angemeldet")).to_be_visible()
    page.get_by_role("link", name="Mit BundID anmelden").click()
    page.get_by_role("link", name="Weiter").click()
    expect(page).to_have_url(re.compile("/mein$"))
