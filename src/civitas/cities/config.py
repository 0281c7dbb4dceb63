"""The schema of a city's settings, as its pack's city.toml gives them."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

Language = Literal["de", "en", "de-simple"]
# A colour, nothing else: it ends up in a style sheet.
_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}|(rgb|hsl)a?\([0-9., %/-]{3,40}\)")
_TOKEN = re.compile(r"[a-z][a-z0-9-]{0,30}")


def _tokens(value: dict[str, str]) -> dict[str, str]:
    for name, colour in value.items():
        if not _TOKEN.fullmatch(name):
            raise ValueError(f"'{name}' is no name of a colour token")
        if not _COLOUR.fullmatch(colour):
            raise ValueError(f"'{colour}' ({name}) is no colour")
    return value


Tokens = Annotated[dict[str, str], AfterValidator(_tokens)]


class Part(BaseModel):
    """A part of the settings; a key that nobody reads is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class MapConfig(Part):
    """Centre and bounds in WGS84 lon/lat degrees, the background style's address, and an address service to ask ('' = none)."""

    center: tuple[float, float]
    zoom: float = Field(10, ge=0, le=20)
    bounds: tuple[float, float, float, float]
    style_url: str = ""
    attribution: str = ""
    boundaries: Literal["schematic", "official"] = "schematic"
    geocoder: Literal["", "photon", "nominatim"] = ""
    geocoder_url: str = ""

    @model_validator(mode="after")
    def _asks_somebody(self) -> MapConfig:
        """An address service has an address, without which it could not be asked."""
        if self.geocoder and not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", self.geocoder_url):
            raise ValueError("geocoder_url has to be the address service's http or https address, without a query")
        return self


class LookConfig(Part):
    """Colours by token for light and dark, and drawings as inline SVG text."""

    light: Tokens = {}
    dark: Tokens = {}
    logo: str = ""
    scene: str = ""
    poster: str = ""


class HintsConfig(Part):
    """Words of the city's own, in lower case, by which defects and emergencies are noticed."""

    defect: list[str] = []
    emergency: list[str] = []


def is_own_machine(host: str) -> bool:
    """Whether a host name means this very machine, on which alone a service may be asked without TLS."""
    return host in {"localhost", "127.0.0.1", "::1"} or host.endswith(".localhost")


def _issuer(value: str) -> str:
    parts = urlsplit(value)
    # Letters and signs that are to be seen, but for '#', '?' and '@'.
    if not re.fullmatch(r"https?://[!-\"$->A-~]{1,250}", value) or not parts.hostname:
        raise ValueError("has to be the service's https address, without a query")
    if parts.scheme == "http" and not is_own_machine(parts.hostname):
        raise ValueError("has to begin with https:// (http only on this very machine)")
    return value


def _scopes(value: list[str]) -> list[str]:
    if "openid" not in value:
        raise ValueError("have to name 'openid'")
    for scope in value:
        if not re.fullmatch(r"[A-Za-z0-9_.:/-]{1,100}", scope):
            raise ValueError(f"'{scope}' is no scope")
    return value


class SignInConfig(Part):
    """A service of the city with which people may sign in besides (OpenID Connect). Its secret is never here: `people.provider` has it.

    `public` is a client that has no secret; `label` is what the button says, by language.
    """

    issuer: Annotated[str, AfterValidator(_issuer)]
    client_id: str = Field(min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+$")
    name: str = Field(min_length=1, max_length=40)
    label: dict[str, Annotated[str, Field(min_length=1, max_length=60)]]
    scopes: Annotated[list[str], AfterValidator(_scopes)] = ["openid", "email"]
    public: bool = False


# Licences by code: the name as people know it, and where it stands.
_LICENCES = {
    "CC-BY-4.0": ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/deed.de"),
    "CC-BY-SA-4.0": ("CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/deed.de"),
    "CC0-1.0": ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/deed.de"),
    "DL-DE-BY-2.0": ("Datenlizenz Deutschland 2.0", "https://www.govdata.de/dl-de/by-2-0"),
    "DL-DE-ZERO-2.0": ("Datenlizenz Deutschland Zero 2.0", "https://www.govdata.de/dl-de/zero-2-0"),
}


class UsageConfig(Part):
    """Under which licence everybody may use what people give, and the city's own terms by language (Markdown; {} = the house's)."""

    licence: Literal["CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0", "DL-DE-BY-2.0", "DL-DE-ZERO-2.0"] = "CC-BY-4.0"
    text: dict[str, str] = {}

    @property
    def name(self) -> str:
        """The licence's name as people know it."""
        return _LICENCES[self.licence][0]

    @property
    def url(self) -> str:
        """Where the licence stands."""
        return _LICENCES[self.licence][1]


class PrivacyConfig(Part):
    """The city's law that makes participation its task, by language ("§ 3 HDSIG"), for the notice of each step ({} = not named)."""

    law: dict[str, str] = {}


class CityConfig(Part):
    """Everything of a city that is a setting and no row."""

    languages: list[Language] = ["de"]
    modules: list[str] = ["sensor"]
    map: MapConfig
    look: LookConfig = LookConfig()
    hero_title: dict[str, str] = {}
    hero_lead: dict[str, str] = {}
    area_name: dict[str, str] = {"de": "Stadtteil", "en": "District"}
    area_plural: dict[str, str] = {"de": "Stadtteile", "en": "Districts"}
    place_name: dict[str, str] = {"de": "Ort", "en": "Place"}
    promise_days: int = Field(14, ge=1, le=365)
    defect_url: str = ""
    hints: HintsConfig = HintsConfig()
    # Defaults of how the team works, behind the schema `processes.policies.Rules`, where the room of processes checks them.
    rules: dict[str, Any] = {}
    # A service for signing in, besides the mailed code and the passkeys.
    sign_in: SignInConfig | None = None
    # What people allow by sending something: `contributions.terms`.
    usage: UsageConfig = UsageConfig()
    # What the notice on privacy of each step names: `processes.privacy`.
    privacy: PrivacyConfig = PrivacyConfig()
    # Whether other cities may show what is published here as an idea from elsewhere.
    shown_elsewhere: bool = True
    # Whether the city stands in the navigator, the first page of the bare host, at all.
    in_navigator: bool = True
