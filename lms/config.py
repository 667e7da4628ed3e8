"""Settings, read from the environment once at start."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


def _flag(name: str) -> bool:
    return os.environ.get(name, "").lower() in {"1", "true", "yes", "on"}


def _names(name: str) -> frozenset[str]:
    return frozenset(part.strip() for part in os.environ.get(name, "").split(",") if part.strip())


def _site(name: str) -> str:
    """Scheme and host, such as `https://lms.example.com`; ValueError for anything else."""
    site = os.environ.get(name, "").strip().rstrip("/")
    parts = urlsplit(site)
    if site and not (parts.scheme in {"http", "https"} and parts.hostname and not parts.path):
        raise ValueError(f"{name} must look like https://lms.example.com, without a path")
    return site


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where data lives and how the process behaves; what HR decides is a policy instead."""

    home: Path
    database_url: str
    secret_key: str | None = None
    secure_cookies: bool = False
    plugins_blocked: frozenset[str] = frozenset()
    plugins_strict: bool = False
    safe_mode: bool = False
    rate_limits: bool = True
    rate_limit_storage: str = "memory://"
    trusted_proxies: int = 0
    public_url: str = ""
    max_upload_bytes: int = 20 * 1024 * 1024

    @classmethod
    def from_environment(cls) -> "Settings":
        home = Path(os.environ.get("LMS_HOME", "instance")).resolve()
        return cls(
            home=home,
            database_url=os.environ.get("LMS_DATABASE_URL") or f"sqlite:///{home / 'lms.sqlite3'}",
            secret_key=os.environ.get("LMS_SECRET_KEY"),
            secure_cookies=_flag("LMS_SECURE_COOKIES"),
            plugins_blocked=_names("LMS_PLUGINS_BLOCKED"),
            plugins_strict=_flag("LMS_PLUGINS_STRICT"),
            safe_mode=_flag("LMS_SAFE_MODE"),
            rate_limits=not _flag("LMS_NO_RATE_LIMITS"),
            trusted_proxies=int(os.environ.get("LMS_TRUSTED_PROXIES") or 0),
            rate_limit_storage=os.environ.get("LMS_RATE_LIMIT_STORAGE", "memory://"),
            public_url=_site("LMS_PUBLIC_URL"),
            max_upload_bytes=int(os.environ.get("LMS_MAX_UPLOAD_MB") or 20) * 1024 * 1024,
        )

    def signing_key(self) -> str:
        """The configured key, or one made at first use and kept in ``home`` (mode 600)."""
        if self.secret_key:
            return self.secret_key
        path = self.home / "secret_key"
        self.home.mkdir(parents=True, exist_ok=True)
        try:
            # O_EXCL: of two processes starting at once, one writes and the other reads.
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text()
        key = secrets.token_hex(32)
        with os.fdopen(fd, "w") as file:
            file.write(key)
        return key
