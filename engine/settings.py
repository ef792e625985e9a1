"""Configuration: read once from ``WENZHENG_*`` environment variables, never from anywhere else."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from engine.errors import Misconfigured

#: The repository (or installation) root: workflows/ and var/ live here.
ROOT = Path(__file__).resolve().parent.parent

DEVELOPMENT_SECRET = "development-only-secret-never-for-production"  # noqa: S105 - refused in production below


@dataclass(frozen=True)
class Settings:
    """What a deployment may choose; ``trusted_proxies`` is how many proxies of our own stand before the web server."""

    database_url: str
    redis_url: str | None
    secret_key: str
    production: bool
    trusted_proxies: int
    county: str
    workflows: Path

    @property
    def uses_redis(self) -> bool:
        """Tell whether background work goes through Redis; without it the ticker does the work itself."""
        return self.redis_url is not None


@cache
def settings() -> Settings:
    """Return the settings of this process.

    Raises:
        Misconfigured: production was asked for and the secret is missing or the default one.

    """
    production = os.environ.get("WENZHENG_PRODUCTION", "").lower() in {"1", "true", "yes"}
    secret = os.environ.get("WENZHENG_SECRET_KEY", "" if production else DEVELOPMENT_SECRET)
    if production and (secret == DEVELOPMENT_SECRET or len(secret) < 32):  # noqa: PLR2004 - bytes of a decent key
        raise Misconfigured(
            "WENZHENG_SECRET_KEY must be set to at least 32 random characters in production.",
            message_zh="生产环境必须设置 WENZHENG_SECRET_KEY,至少 32 个随机字符。",
            name="WENZHENG_SECRET_KEY",
        )
    return Settings(
        database_url=os.environ.get("WENZHENG_DATABASE_URL", f"sqlite:///{ROOT / 'var' / 'wenzheng.db'}"),
        redis_url=os.environ.get("WENZHENG_REDIS_URL") or None,
        secret_key=secret,
        production=production,
        trusted_proxies=int(os.environ.get("WENZHENG_TRUSTED_PROXIES", "0")),
        county=os.environ.get("WENZHENG_COUNTY", "郧西县"),
        workflows=Path(os.environ.get("WENZHENG_WORKFLOWS", str(ROOT / "workflows"))),
    )
