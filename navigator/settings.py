"""Where things lie and which encoder and database are used, read once from the environment (NAVIGATOR_*)."""

from functools import cache
from pathlib import Path

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """NAVIGATOR_DATA, NAVIGATOR_CORPUS, NAVIGATOR_ENCODER and so on; every one has a default that works."""

    model_config = SettingsConfigDict(env_prefix="NAVIGATOR_", extra="ignore")

    data: Path = ROOT / "data"
    corpus: Path = ROOT / "policy_corpus"
    encoder: str = "built-in"
    """`built-in` (fitted on the indexed texts), a local model folder, or a hub name such as BAAI/bge-small-zh-v1.5."""
    database_url: str = Field(
        default="", validation_alias=AliasChoices("DATABASE_URL", "NAVIGATOR_DATABASE_URL"), repr=False
    )
    """PostgreSQL where DATABASE_URL names one; otherwise a file in the data folder."""
    idle_minutes: int = Field(default=60, ge=1)
    """NAVIGATOR_IDLE_MINUTES: how long somebody who is signed in may do nothing before signing in again."""
    public_address: str = "http://localhost:8501"
    """NAVIGATOR_PUBLIC_ADDRESS: where people reach the pages; the QR codes on papers lead there."""

    embedded_by: str = ""
    """NAVIGATOR_EMBEDDED_BY: sites that may show public pages in a frame, such as https://www.jingmen.gov.cn, with spaces between."""

    oidc_issuer: str = ""
    """NAVIGATOR_OIDC_ISSUER: the organisation's OpenID Connect provider; with a client id, people can sign in there."""
    oidc_client_id: str = ""
    oidc_client_secret: str = Field(default="", repr=False)
    """NAVIGATOR_OIDC_CLIENT_ID, NAVIGATOR_OIDC_CLIENT_SECRET: as which this site is known there."""
    oidc_claim: str = "preferred_username"
    """NAVIGATOR_OIDC_CLAIM: what of a person's particulars is the name of an account here, such as email."""
    oidc_only: bool = False
    """NAVIGATOR_OIDC_ONLY: nobody signs in with a password."""

    smtp_url: str = Field(default="", repr=False)
    """NAVIGATOR_SMTP_URL: the mail server for pushes, smtp://user:password@host:587; ?tls=starttls (default), ssl or none."""
    mail_sender: str = ""
    """NAVIGATOR_MAIL_SENDER: the mailbox pushes are sent from."""
    mail_test_address: str = ""
    """NAVIGATOR_MAIL_TEST_ADDRESS: the only mailbox that messages to invented enterprises (示例) go to."""
    contact_years: int = Field(default=2, ge=1, le=10)
    """NAVIGATOR_CONTACT_YEARS: how long a telephone number or mailbox of an enterprise may be kept."""

    push_daily: int = Field(default=20_000, ge=1)
    """NAVIGATOR_PUSH_DAILY: how many messages go out on one day at most, of all batches together."""
    push_weekly: int = Field(default=3, ge=1)
    """NAVIGATOR_PUSH_WEEKLY: how many messages one enterprise gets within seven days at most; on one day it gets one."""

    spark: str = "local[*]"
    """NAVIGATOR_SPARK: the cluster of `match --engine spark`, such as spark://host:7077."""


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
