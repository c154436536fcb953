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

    spark: str = "local[*]"
    """NAVIGATOR_SPARK: the cluster of `match --engine spark`, such as spark://host:7077."""


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
