"""Every setting from the environment and ``.env``: typed, read once."""

from __future__ import annotations

from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from kpi.errors import WrongSetting
from kpi.money import is_currency
from kpi.wording import Words

SHORTEST_SECRET = 16


class Settings(BaseSettings):
    """What can be set; ``.env.example`` explains each to the person who installs the bot."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    database_url: str = "sqlite:///kpi.db"
    slack_bot_token: SecretStr = SecretStr("")
    slack_signing_secret: SecretStr = SecretStr("")
    slack_app_token: SecretStr = SecretStr("")
    slack_api_url: str = "https://slack.com/api/"
    host: str = "127.0.0.1"
    port: int = Field(default=3000, ge=0, le=65535)
    kpi_timezone: str = "UTC"
    kpi_currency: str = "EUR"
    kpi_locale: str = "en_GB"
    kpi_secret: SecretStr = SecretStr("")
    whatsapp_app_secret: SecretStr = SecretStr("")
    whatsapp_verify_token: SecretStr = SecretStr("")
    kpi_admins: str = ""
    kpi_askers: Literal["", "everyone"] = ""

    @field_validator("slack_api_url")
    @classmethod
    def _is_address(cls, url: str) -> str:
        if not url.startswith(("https://", "http://")):
            raise ValueError(f"'{url}' is not an address such as https://slack.com/api/")
        return url

    @field_validator("kpi_secret")
    @classmethod
    def _is_long(cls, secret: SecretStr) -> SecretStr:
        if 0 < len(secret.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(f"it is shorter than {SHORTEST_SECRET} characters, so it could be guessed")
        return secret

    @field_validator("kpi_timezone")
    @classmethod
    def _zone_exists(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"'{name}' is not a time zone such as Europe/Berlin") from None
        return name

    @field_validator("kpi_currency")
    @classmethod
    def _currency_exists(cls, code: str) -> str:
        if not is_currency(code):
            raise ValueError(f"'{code}' is not a currency such as EUR")
        return code

    @field_validator("kpi_locale")
    @classmethod
    def _locale_exists(cls, name: str) -> str:
        try:
            Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            raise ValueError(f"'{name}' is not a locale such as en_GB or de_DE") from None
        return name

    @cached_property
    def words(self) -> Words:
        """How a new workspace writes numbers and counts days."""
        return Words(self.kpi_locale, self.kpi_currency, self.kpi_timezone)

    @cached_property
    def secret(self) -> bytes:
        """What keys the hashes of people."""
        return self.kpi_secret.get_secret_value().encode()

    @cached_property
    def whatsapp_app_secrets(self) -> tuple[bytes, ...]:
        """The secrets that sign WhatsApp's webhooks; several while one is replaced by another."""
        return tuple(one.encode() for one in self.whatsapp_app_secret.get_secret_value().replace(",", " ").split())

    @cached_property
    def admins(self) -> frozenset[str]:
        """The ids of the people who may do everything."""
        return frozenset(self.kpi_admins.replace(",", " ").split())


def settings() -> Settings:
    """Read the settings; raise WrongSetting that names the variable and what it should be."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "A setting"
        said = str(first["msg"]).removeprefix("Value error, ")
        raise WrongSetting(f"{name}: {said}.", "Mend it in the environment or in .env; see .env.example.") from None
