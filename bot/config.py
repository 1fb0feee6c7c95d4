"""bot_config.yaml and the environment -> one frozen `Config`. Every fault is reported at once.

Paths in the file are relative to the file. TELEGRAM_BOT_TOKEN comes from the environment alone, because it is secret.
TELEGRAM_BASE_URL and ASKFIRST_LOG_LEVEL win over the file.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, cast, get_args
from urllib.parse import urlsplit

from dateutil.relativedelta import relativedelta
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.errors import ConfigError, Fault, hidden, shown_path
from bot.serving import Listen, WebhookSettings, parse_listen
from bot.world.limits import Limits, parse_duration
from bot.yamlfile import Node, modelled, read_tree

_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]{3,}")
TELEGRAM = "https://api.telegram.org/bot"
_WEBHOOK_PORTS = (443, 80, 88, 8443)  # Bot API, setWebhook
_OWN_MACHINE = ("127.0.0.1", "localhost", "::1")

LogFormat = Literal["text", "json"]
LogLevel = Literal["warning", "info", "debug"]


def _duration(value: object) -> object:
    return value if isinstance(value, relativedelta | None) else parse_duration(f"{value}")


def _day(value: object) -> object:
    if value is None:
        return None
    try:
        # `date` reads also 2024-W27-4, which nobody means.
        return dt.datetime.strptime(f"{value}", "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no time zone
    except ValueError as error:
        raise ValueError(f"{value!r:.60} is not a day; write year-month-day, for example 2024-07-04") from error


def bot_name(value: object) -> str:
    """A bot's user name, without the @ before it. Raises ValueError with the remedy."""
    # Telegram: letters, digits and _; at least 5, or 4 where the name was bought. Not all end in "bot".
    name = value.removeprefix("@") if isinstance(value, str) else ""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{2,30}[A-Za-z0-9]", name):
        raise ValueError(f"`{hidden(value)}` is no user name of a bot; copy it from @BotFather, such as AskFirstBot")
    return name


def _webhook_url(value: object) -> str:
    try:
        parts = urlsplit(value) if isinstance(value, str) and not re.search(r"[\s?#]", value) else None
        good = parts and parts.scheme == "https" and parts.hostname and (parts.port or 443) in _WEBHOOK_PORTS
    except ValueError:
        good = False
    if not good or not isinstance(value, str) or "@" in value:
        raise ValueError(
            f"`{hidden(value)}` is no address that Telegram can push to; write for example "
            "https://bot.example.org/telegram, with no port or with 443, 80, 88 or 8443"
        )
    return value


Duration = Annotated[relativedelta, BeforeValidator(_duration)]
Day = Annotated[dt.date, BeforeValidator(_day)]
ListenAt = Annotated[Listen, BeforeValidator(parse_listen)]
WebhookUrl = Annotated[str, BeforeValidator(_webhook_url)]
BotName = Annotated[str, BeforeValidator(bot_name)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True)


class _Folder(_Part):
    dir: str


class _Members(_Part):
    fresh_within: Duration = relativedelta(days=45)
    max_age: Duration = relativedelta(months=24)
    last_general_election: Day


class _Pledges(_Part):
    confirmed_within: Duration = relativedelta(months=24)


class _Postcodes(_Part):
    max_age: Duration = relativedelta(months=36)


class _Directory(_Part):
    phone_max_age: Duration = relativedelta(months=12)
    max_age: Duration = relativedelta(months=24)


class _Sessions(_Part):
    store: Literal["sqlite", "memory"] = "sqlite"
    path: str = "var/sessions.db"
    secret_file: str = "var/secret"  # noqa: S105 - a path, not a secret


class _Status(_Part):
    path: str = "var/status.json"


class _Logging(_Part):
    format: LogFormat = "text"
    level: LogLevel = "warning"


class _Monitoring(_Part):
    listen: ListenAt | None = None


class _Webhook(_Part):
    url: WebhookUrl | None = None
    listen: ListenAt = Listen("127.0.0.1", 8080)
    connections: Annotated[int, Field(ge=1, le=100)] = 40


class _Telegram(_Part):
    base_url: str = TELEGRAM
    name: BotName | None = None
    reports_chat: int | None = None


class ConfigFile(_Part):
    """The keys of bot_config.yaml; docs/configuration.md explains each."""

    data: _Folder = _Folder(dir="data")
    flows: _Folder = _Folder(dir="flows")
    locales: _Folder = _Folder(dir="locales")
    members: _Members
    pledges: _Pledges = _Pledges()
    directory: _Directory = _Directory()
    postcodes: _Postcodes = _Postcodes()
    sessions: _Sessions = _Sessions()
    status: _Status = _Status()
    telegram: _Telegram = _Telegram()
    webhook: _Webhook = _Webhook()
    logging: _Logging = _Logging()
    monitoring: _Monitoring = _Monitoring()
    sandbox: bool = True


@dataclass(frozen=True, slots=True)
class Config:
    """What the program was told. `token` is kept out of `repr`, so that no error message can show it."""

    root: Path
    data_dir: Path
    flows_dir: Path
    locales_dir: Path
    limits: Limits
    store: Literal["sqlite", "memory"]
    sessions_path: Path
    secret_file: Path
    status_path: Path
    telegram_base_url: str
    telegram_token: str | None
    telegram_name: str | None
    webhook: WebhookSettings | None
    telegram_reports_chat: int | None
    log_format: LogFormat
    log_level: LogLevel
    monitoring_listen: Listen | None
    sandbox: bool

    def __repr__(self) -> str:
        return f"Config(root={str(self.root)!r}, …)"


def load_config(path: Path, environment: Mapping[str, str]) -> Config:
    """Reads the file and the environment. Raises ConfigError with everything that is wrong."""
    faults: list[Fault] = []
    token = environment.get("TELEGRAM_BOT_TOKEN") or None
    if token is not None and not _TOKEN.fullmatch(token):
        message = "TELEGRAM_BOT_TOKEN is not a bot token; copy it again from @BotFather"
        faults.append(Fault("the environment", 0, 0, "token", message))
    own_url = environment.get("TELEGRAM_BASE_URL") or None
    if own_url is not None and (wrong := _wrong_base_url(own_url)):
        faults.append(Fault("the environment", 0, 0, "base-url", f"TELEGRAM_BASE_URL {wrong}"))
    level = _log_level(environment.get("ASKFIRST_LOG_LEVEL") or None, faults)
    document = None
    tree = read_tree(path, faults)
    if tree is not None:
        root = path.resolve().parent
        document = modelled(tree, shown_path(path), ConfigFile, faults)
        _check_places(tree, shown_path(path), root, faults)
    if tree is None or document is None or faults:
        raise ConfigError("The configuration cannot be used (docs/configuration.md explains each key):", faults)
    file = document.model
    return Config(
        root=root,
        data_dir=root / file.data.dir,
        flows_dir=root / file.flows.dir,
        locales_dir=root / file.locales.dir,
        limits=_limits(file),
        store=file.sessions.store,
        sessions_path=root / file.sessions.path,
        secret_file=root / file.sessions.secret_file,
        status_path=root / file.status.path,
        telegram_base_url=own_url or file.telegram.base_url,
        telegram_token=token,
        telegram_name=file.telegram.name,
        webhook=_webhook(file.webhook),
        telegram_reports_chat=file.telegram.reports_chat,
        log_format=file.logging.format,
        log_level=level or file.logging.level,
        monitoring_listen=file.monitoring.listen,
        sandbox=file.sandbox,
    )


def _log_level(value: str | None, faults: list[Fault]) -> LogLevel | None:
    levels = get_args(LogLevel)
    if value is None or value in levels:
        return cast(LogLevel | None, value)
    message = f"ASKFIRST_LOG_LEVEL is `{hidden(value)}`; write one of {', '.join(levels)}"
    faults.append(Fault("the environment", 0, 0, "wrong-value", message))
    return None


def _check_places(tree: Node, file: str, root: Path, faults: list[Fault]) -> None:
    """Adds folders that are not there, a file named twice, an address that is not safe, whatever else is wrong."""
    written = tree.plain() if isinstance(tree.value, dict) else {}

    def named(key: str, inner: str, otherwise: str) -> object:
        part = written.get(key)
        return part.get(inner, otherwise) if isinstance(part, dict) else otherwise

    for key in ("data", "flows", "locales"):
        folder = named(key, "dir", key)
        if isinstance(folder, str) and not (folder and _is_folder(root / folder)):
            message = f"there is no folder `{hidden(folder)}` beside this file; correct the path"
            faults.append(Fault(file, *tree.at([key, "dir"]), "no-folder", message))
    status = named("status", "path", "var/status.json")
    for key, inner, otherwise in (("sessions", "path", "var/sessions.db"), ("sessions", "secret_file", "var/secret")):
        if named(key, inner, otherwise) == status:
            message = f"is also `{key}.{inner}`, which would be overwritten; choose another file"
            faults.append(Fault(file, *tree.at(["status", "path"]), "same-file", message))
    url = named("telegram", "base_url", TELEGRAM)
    if isinstance(url, str) and (wrong := _wrong_base_url(url)):
        faults.append(Fault(file, *tree.at(["telegram", "base_url"]), "base-url", wrong))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # a name that is too long, for example
        return False


def _wrong_base_url(url: str) -> str | None:
    """Why the token and the chats must not be sent to this address; None if they may."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is not a web address; write for example https://api.telegram.org/bot"
    if re.search(r"[0-9]{4,}:[A-Za-z0-9_-]{8,}", url):
        return "must not hold the token; end it with /bot, and set TELEGRAM_BOT_TOKEN"
    if not host or "@" in url or re.search(r"[\s?#]", url):
        return "must be a plain web address; write for example https://api.telegram.org/bot"
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _OWN_MACHINE):
        # Chats would cross the network in the clear.
        return "must begin with https://, or with http:// and this machine's own address; correct it"
    return None


def _webhook(part: _Webhook) -> WebhookSettings | None:
    return None if part.url is None else WebhookSettings(part.url, part.listen, part.connections)


def _limits(file: ConfigFile) -> Limits:
    values: dict[str, Any] = {
        "confirmed_within": file.pledges.confirmed_within,
        "members_fresh_within": file.members.fresh_within,
        "members_max_age": file.members.max_age,
        "last_general_election": file.members.last_general_election,
        "phone_max_age": file.directory.phone_max_age,
        "directory_max_age": file.directory.max_age,
        "postcodes_max_age": file.postcodes.max_age,
    }
    return Limits(**values)
