"""Where things lie and which encoder is used, read once from the environment (NAVIGATOR_*)."""

from functools import cache
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """NAVIGATOR_DATA, NAVIGATOR_CORPUS and NAVIGATOR_ENCODER; every one has a default that works."""

    model_config = SettingsConfigDict(env_prefix="NAVIGATOR_", extra="ignore")

    data: Path = ROOT / "data"
    corpus: Path = ROOT / "policy_corpus"
    encoder: str = "built-in"
    """`built-in` (fitted on the indexed texts), a local model folder, or a hub name such as BAAI/bge-small-zh-v1.5."""


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
