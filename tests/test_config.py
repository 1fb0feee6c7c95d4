"""The settings: what may be written, what each wrong value is answered with, and what is never shown."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from bot.config import Config, ConfigFile, load_config
from bot.errors import ConfigError, Fault
from bot.sessions.secret import VARIABLE
from bot.world.limits import Limits
from tests.content.editor import marked

ROOT = Path(__file__).parent.parent
LEAST = "members: {last_general_election: 2024-07-04}\n"
TOKEN = "123456789:AAFakeFakeFakeFakeFakeFakeFakeFake1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with everything that the defaults expect."""
    for name in ("data", "flows", "locales"):
        (tmp_path / name).mkdir()
    return tmp_path


def loaded(folder: Path, text: str = LEAST, environment: Mapping[str, str] | None = None) -> Config:
    (folder / "bot_config.yaml").write_text(text, encoding="utf-8")
    return load_config(folder / "bot_config.yaml", environment or {})


def faults_of(folder: Path, text: str = LEAST, environment: Mapping[str, str] | None = None) -> tuple[Fault, ...]:
    with pytest.raises(ConfigError) as caught:
        loaded(folder, text, environment)
    return caught.value.faults


# --- what is read


def test_only_the_day_of_the_last_election_must_be_written(folder: Path) -> None:
    config = loaded(folder)
    assert config == Config(
        root=folder,
        data_dir=folder / "data",
        flows_dir=folder / "flows",
        locales_dir=folder / "locales",
        limits=Limits(last_general_election=dt.date(2024, 7, 4)),
        store="sqlite",
        sessions_path=folder / "var/sessions.db",
        secret_file=folder / "var/secret",
        status_path=folder / "var/status.json",
        telegram_base_url="https://api.telegram.org/bot",
        telegram_token=None,
        telegram_name=None,
        webhook=None,
        telegram_reports_chat=None,
        log_format="text",
        log_level="warning",
        monitoring_listen=None,
        sandbox=True,
    )


def test_the_shipped_settings_can_be_loaded_and_name_every_key() -> None:
    config = load_config(ROOT / "bot_config.yaml", {})
    assert config.root == ROOT
    text = (ROOT / "bot_config.yaml").read_text(encoding="utf-8")
    for key in KEYS:
        assert re.search(rf"\b{key.split('.')[-1]}:", text), f"bot_config.yaml does not show {key}"


def test_what_is_written_wins_over_the_default(folder: Path) -> None:
    text = """\
members: {last_general_election: 2019-12-12, fresh_within: 6 weeks, max_age: 1 year}
pledges: {confirmed_within: 13 months}
directory: {phone_max_age: 30 days, max_age: 2 years}
sessions: {store: memory, path: other/s.db, secret_file: /run/secret}
telegram: {base_url: "http://127.0.0.1:8081/bot"}
sandbox: false
"""
    config = loaded(folder, text)
    assert config.limits.last_general_election == dt.date(2019, 12, 12)
    assert config.limits.members_fresh_within == relativedelta(weeks=6)
    assert config.limits.members_max_age == relativedelta(years=1)
    assert config.limits.confirmed_within == relativedelta(months=13)
    assert config.limits.phone_max_age == relativedelta(days=30)
    assert config.limits.directory_max_age == relativedelta(years=2)
    assert (config.store, config.sessions_path) == ("memory", folder / "other/s.db")
    assert config.secret_file == Path("/run/secret")
    assert config.telegram_base_url == "http://127.0.0.1:8081/bot"
    assert config.sandbox is False


def test_paths_are_relative_to_the_file_and_not_to_where_the_command_is_run(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (folder / "inner" / "flows").mkdir(parents=True)
    (folder / "bot_config.yaml").write_text(LEAST + "flows: {dir: inner/flows}\n")
    monkeypatch.chdir(folder.parent)
    relative = load_config(Path(folder.name) / "bot_config.yaml", {})
    monkeypatch.chdir(elsewhere)
    absolute = load_config(folder / "bot_config.yaml", {})
    assert relative == absolute
    assert absolute.flows_dir == folder / "inner" / "flows"
    assert absolute.sessions_path == folder / "var" / "sessions.db"


def test_an_absolute_path_stays_what_it_is(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert loaded(folder, LEAST + f"data: {{dir: {elsewhere}}}\n").data_dir == elsewhere


def test_a_link_to_the_settings_means_the_folder_where_they_really_lie(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (folder / "bot_config.yaml").write_text(LEAST)
    link = tmp_path_factory.mktemp("elsewhere") / "link.yaml"
    link.symlink_to(folder / "bot_config.yaml")
    assert load_config(link, {}).root == folder


# --- every wrong value is named with its line (§ stands before the place)

WRONG = [
    ("missing-key", "§sandbox: true\n", "the key `members` is missing; add it"),
    ("missing-key", "§members: {}\n", "the key `last_general_election` is missing; add it"),
    ("unknown-key", LEAST + "§sandbx: true\n", "did you mean `sandbox`?"),
    ("unknown-key", LEAST + "pledges: {§confirmed_withn: 1 year}\n", "did you mean `confirmed_within`?"),
    ("unknown-key", LEAST + "telegram: {§token: x}\n", "known here: base_url, name"),
    ("wrong-value", "members: {§last_general_election: 4 July 2024}\n", "write year-month-day, for example 2024-07-04"),
    ("wrong-value", "members: {§last_general_election: 2024}\n", "2024 is not a day"),
    ("wrong-value", "members: {§last_general_election: 20240704}\n", "20240704 is not a day"),
    ("wrong-value", "members: {§last_general_election: 2024-02-30}\n", "'2024-02-30' is not a day"),
    ("wrong-value", "members: {§last_general_election: 2024-W27-4}\n", "is not a day"),
    ("wrong-value", "members: {§last_general_election: 2024-07-04T22:00}\n", "is not a day"),
    ("wrong-value", "members: {§last_general_election: }\n", "is empty; write something"),
    ("wrong-value", LEAST + "pledges: {§confirmed_within: 24}\n", "for example 24 months or 45 days"),
    ("wrong-value", LEAST + "pledges: {§confirmed_within: two years}\n", "'two years' is not a duration"),
    ("wrong-value", LEAST + "pledges: {§confirmed_within: -1 months}\n", "is not a duration"),
    ("wrong-value", LEAST + "pledges: {§confirmed_within: [24 months]}\n", "is not a duration"),
    ("wrong-value", LEAST + "directory: {§max_age: }\n", "`max_age`: is empty; write something"),
    ("wrong-value", LEAST + "§directory: 24 months\n", "`directory`: must be keys with values"),
    ("wrong-value", LEAST + "sessions: {§store: sqllite}\n", "did you mean `sqlite`?"),
    ("wrong-value", LEAST + "sessions: {§path: 5}\n", 'put quotes around it: "5"'),
    ("wrong-value", LEAST + "§sandbox: yes\n", "`sandbox`: must be true or false, not 'yes'"),
    ("wrong-value", LEAST + "§sandbox: 1\n", "`sandbox`: must be true or false, not 1"),
    ("wrong-value", LEAST + "webhook: {§url: bot.example.org}\n", "no address that Telegram can push to"),
    ("wrong-value", LEAST + "webhook: {§url: 'https://a.example:81/x'}\n", "or with 443, 80, 88 or 8443"),
    ("wrong-value", LEAST + "webhook: {§url: 'https://u@a.example/x'}\n", "https://bot.example.org/telegram"),
    (
        "wrong-value",
        LEAST + "webhook: {url: 'https://a.example/x', §connections: 101}\n",
        "`connections`: must be at most 100",
    ),
    ("wrong-value", LEAST + "telegram: {§reports_chat: '@admins'}\n", "`reports_chat`: must be a whole number"),
    ("wrong-value", LEAST + "logging: {§level: verbose}\n", "must be 'warning', 'info' or 'debug'"),
    ("wrong-value", LEAST + "logging: {§format: jsn}\n", "did you mean `json`?"),
    ("wrong-value", LEAST + "monitoring: {§listen: 9464}\n", "write for example 127.0.0.1:9464"),
    ("unknown-key", LEAST + "monitoring: {§port: 9464}\n", "known here: listen"),
    ("no-folder", LEAST + "flows: {§dir: folws}\n", "there is no folder `folws` beside this file; correct the path"),
    ("no-folder", LEAST + "data: {§dir: bot_config.yaml}\n", "there is no folder `bot_config.yaml`"),
    ("no-folder", LEAST + 'data: {§dir: ""}\n', "correct the path"),
    ("no-folder", LEAST + f"data: {{§dir: {'x' * 5000}}}\n", "there is no folder `xxxxx"),
    ("no-folder", LEAST + 'data: {§dir: "a\\0b"}\n', "there is no folder `a b`"),
    ("empty", "", "is empty"),
    ("yaml", "members: [§", "the file ends too early; close the brackets"),
    ("wrong-value", "§- members\n", "must be keys with values"),
]


@pytest.mark.parametrize(("rule", "text", "remedy"), WRONG, ids=lambda value: f"{value[:70]}")
def test_a_wrong_setting_is_named_with_its_place_and_the_remedy(
    folder: Path, rule: str, text: str, remedy: str
) -> None:
    written, place = marked(text)
    (fault,) = faults_of(folder, written)
    assert (Path(fault.file).name, fault.line, fault.column, fault.rule) == ("bot_config.yaml", *place, rule)
    assert remedy in fault.message


def test_everything_that_is_wrong_is_reported_at_once(folder: Path) -> None:
    text = (
        "data: {dir: nowhere}\nlocales: {dir: 5}\nmembers: {max_age: old}\ntelegram: {base_url: http://x}\nsandbx: 1\n"
    )
    environment = {"TELEGRAM_BOT_TOKEN": "not a token", "TELEGRAM_BASE_URL": "ftp://x"}
    faults = faults_of(folder, text, environment)
    assert [(Path(fault.file).name, fault.line, fault.rule) for fault in faults] == [
        ("bot_config.yaml", 1, "no-folder"),
        ("bot_config.yaml", 2, "wrong-value"),
        ("bot_config.yaml", 3, "missing-key"),
        ("bot_config.yaml", 3, "wrong-value"),
        ("bot_config.yaml", 4, "base-url"),
        ("bot_config.yaml", 5, "unknown-key"),
        ("the environment", 0, "base-url"),
        ("the environment", 0, "token"),
    ]


def test_a_default_folder_that_is_not_there_is_named_too(tmp_path: Path) -> None:
    faults = faults_of(tmp_path)
    assert [(fault.rule, fault.line) for fault in faults] == [("no-folder", 1)] * 3


@pytest.mark.parametrize("name", ["missing.yaml", "", "loop.yaml"])
def test_settings_that_cannot_be_read_are_one_fault(tmp_path: Path, name: str) -> None:
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path / name, {})
    assert [fault.rule for fault in caught.value.faults] == ["unreadable"]


# --- where the token may be sent

SAFE = [
    "https://api.telegram.org/bot",
    "https://bots.example.org:8443/telegram/bot",
    "HTTPS://api.telegram.org/bot",
    "http://127.0.0.1:8081/bot",
    "http://localhost/bot",
    "http://[::1]:8081/bot",
]
UNSAFE = [
    ("http://api.telegram.org/bot", "must begin with https://"),
    ("http://localhost.example.org/bot", "must begin with https://"),
    ("http://127.0.0.1.example.org/bot", "must begin with https://"),
    ("http://10.0.0.1/bot", "must begin with https://"),
    ("ftp://api.telegram.org/bot", "must begin with https://"),
    ("file:///etc/passwd", "must be a plain web address"),
    ("http://127.0.0.1:80@example.org/bot", "must be a plain web address"),
    ("http://localhost:x@example.org/bot", "must be a plain web address"),
    ("https://name:word@example.org/bot", "must be a plain web address"),
    ("https://", "must be a plain web address"),
    ("https:///bot", "must be a plain web address"),
    ("api.telegram.org/bot", "must be a plain web address"),
    ("https://example.org/bot\n", "must be a plain web address"),
    (" https://example.org/bot", "must be a plain web address"),
    ("https://example.org/?q=bot", "must be a plain web address"),
    ("https://example.org/#bot", "must be a plain web address"),
    ("https://example.org:99999/bot", "is not a web address"),
    ("https://[::1/bot", "is not a web address"),
    (f"https://api.telegram.org/bot{TOKEN}", "must not hold the token"),
]


@pytest.mark.parametrize("url", SAFE)
def test_telegram_is_reached_by_https_or_on_this_machine(folder: Path, url: str) -> None:
    assert loaded(folder, LEAST + f'telegram: {{base_url: "{url}"}}\n').telegram_base_url == url
    assert loaded(folder, LEAST, {"TELEGRAM_BASE_URL": url}).telegram_base_url == url


@pytest.mark.parametrize(("url", "message"), UNSAFE)
def test_the_token_is_sent_nowhere_else(folder: Path, url: str, message: str) -> None:
    written = url.replace("\n", "\\n")
    (in_file,) = faults_of(folder, LEAST + f'telegram:\n  base_url: "{written}"\n')
    assert (in_file.rule, in_file.line, in_file.column) == ("base-url", 3, 3)
    assert message in in_file.message
    (outside,) = faults_of(folder, LEAST, {"TELEGRAM_BASE_URL": url})
    assert (outside.file, outside.rule) == ("the environment", "base-url")
    assert "TELEGRAM_BASE_URL " + message in outside.message


def test_the_environment_wins_over_the_file_and_an_empty_variable_is_none(folder: Path) -> None:
    text = LEAST + "telegram: {base_url: https://one.example.org/bot}\n"
    assert loaded(folder, text, {"TELEGRAM_BASE_URL": "https://two.example.org/bot"}).telegram_base_url[8:11] == "two"
    assert loaded(folder, text, {"TELEGRAM_BASE_URL": ""}).telegram_base_url[8:11] == "one"
    assert loaded(folder, text, {"TELEGRAM_BOT_TOKEN": ""}).telegram_token is None


@pytest.mark.parametrize("level", ["warning", "info", "debug"])
def test_the_level_of_the_environment_wins(folder: Path, level: str) -> None:
    text = LEAST + "logging: {level: warning}\n"
    assert loaded(folder, text, {"ASKFIRST_LOG_LEVEL": level}).log_level == level
    assert loaded(folder, text, {"ASKFIRST_LOG_LEVEL": ""}).log_level == "warning"


def test_a_level_that_does_not_exist_is_refused(folder: Path) -> None:
    (fault,) = faults_of(folder, LEAST, {"ASKFIRST_LOG_LEVEL": "verbose"})
    assert str(fault) == (
        "the environment: wrong-value: ASKFIRST_LOG_LEVEL is `verbose`; write one of warning, info, debug"
    )


@pytest.mark.parametrize("written", ["127.0.0.1:9464", "'[::1]:9464'", "unix:/run/askfirst/health.sock"])
def test_health_is_shown_where_the_file_says(folder: Path, written: str) -> None:
    found = loaded(folder, LEAST + f"monitoring: {{listen: {written}}}\n").monitoring_listen
    assert str(found) == written.strip("'")


# --- the token


def test_a_token_is_taken_from_the_environment_alone(folder: Path) -> None:
    config = loaded(folder, LEAST, {"TELEGRAM_BOT_TOKEN": TOKEN})
    assert config.telegram_token == TOKEN
    assert TOKEN not in f"{config} {config!r} {[config]} {(config,)!s}"
    assert "AAFake" not in f"{config!r}"


@pytest.mark.parametrize(
    "token",
    [
        "abc",
        "123456789",
        ":AAFake",
        "123456789:",
        f"{TOKEN}\n",
        f" {TOKEN}",
        f"{TOKEN} {TOKEN}",
        f"'{TOKEN}'",
        "1:é" * 9,
    ],
)
def test_a_wrong_token_is_refused_without_being_shown(folder: Path, token: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(folder, LEAST, {"TELEGRAM_BOT_TOKEN": token})
    (fault,) = caught.value.faults
    assert str(fault) == (
        "the environment: token: TELEGRAM_BOT_TOKEN is not a bot token; copy it again from @BotFather"
    )
    shown = f"{caught.value} {caught.value!r} {caught.value.args} {caught.value.__cause__} {caught.value.__context__}"
    assert token.strip() not in shown


MISPLACED = [
    f"telegram: {TOKEN}\n",
    f"telegram: {{token: '{TOKEN}'}}\n",
    f"telegram: {{'{TOKEN}': x}}\n",
    f"telegram: {{base_url: '{TOKEN}'}}\n",
    f"telegram: {{base_url: ['{TOKEN}']}}\n",
    f"telegram: ['{TOKEN}']\n",
    f"sandbox: '{TOKEN}'\n",
    f"sessions: {{store: '{TOKEN}'}}\n",
    f"data: {{dir: '{TOKEN}'}}\n",
    f"pledges: {{confirmed_within: '{TOKEN}'}}\n",
    f"pledges: '{TOKEN}\n",
    f"{TOKEN}: {TOKEN}\n",
    f"members: {{last_general_election: '{TOKEN}'}}\n",
]


@pytest.mark.parametrize("text", MISPLACED)
def test_a_token_that_somebody_wrote_into_the_file_is_refused_and_never_shown(folder: Path, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(folder, ("" if text.startswith("members") else LEAST) + text)
    assert caught.value.faults
    assert "AAFake" not in f"{caught.value} {caught.value!r} {caught.value.__cause__} {caught.value.__context__}"


@given(st.text(max_size=60))
def test_no_value_of_the_token_raises_anything_else(tmp_path_factory: pytest.TempPathFactory, token: str) -> None:
    folder = tmp_path_factory.getbasetemp()
    for name in ("data", "flows", "locales"):
        (folder / name).mkdir(exist_ok=True)
    try:
        config = loaded(folder, LEAST, {"TELEGRAM_BOT_TOKEN": token})
    except ConfigError:
        return
    assert config.telegram_token in (None, token)


# --- the guide says all of it

GUIDE = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")


def keys(model: type[BaseModel], before: str = "") -> list[str]:
    """The keys of the file, such as `members.max_age`."""
    found = []
    for name, info in model.model_fields.items():
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found += keys(kind, f"{before}{name}.")
        else:
            found.append(before + name)
    return found


KEYS = keys(ConfigFile)


@pytest.mark.parametrize("key", KEYS)
def test_the_guide_explains_every_key(key: str) -> None:
    assert f"\n| `{key}` |" in GUIDE


@pytest.mark.parametrize("name", ["TELEGRAM_BOT_TOKEN", "TELEGRAM_BASE_URL", VARIABLE, "NO_COLOR"])
def test_the_guide_explains_every_environment_variable(name: str) -> None:
    assert f"\n| `{name}` |" in GUIDE


def test_the_guide_names_every_variable_that_the_program_reads() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py"))
    read = set(re.findall(r'environ(?:ment)?(?:\.get\(|\[)"([A-Z_]+)"', code))
    assert {"TELEGRAM_BOT_TOKEN", "NO_COLOR"} <= read
    set_by_terminals = {"TERM_PROGRAM"}
    assert read - set_by_terminals <= set(re.findall("`([A-Z_]+)`", GUIDE))


def test_the_guide_states_the_defaults(folder: Path) -> None:
    rows = dict(re.findall(r"\n\| `([a-z_.]+)` \|.*\| `([^`]+)` \|(?=\n)", GUIDE))
    written: dict[str, dict[str, str]] = {}
    for key, value in rows.items():
        first, _, second = key.partition(".")
        if second:
            written.setdefault(first, {})[second] = value
    written.setdefault("members", {})["last_general_election"] = "2024-07-04"
    text = "".join(
        f"{first}: {{{', '.join(f'{key}: {value}' for key, value in part.items())}}}\n"
        for first, part in written.items()
    )
    assert set(rows) == set(KEYS) - {"members.last_general_election"}
    assert loaded(folder, f"{text}sandbox: {rows['sandbox']}\n") == loaded(folder)


@pytest.mark.parametrize("written", ["AskFirstBot", "'@AskFirstBot'"])
def test_the_name_of_the_bot_is_kept_without_its_at_sign(folder: Path, written: str) -> None:
    assert loaded(folder, LEAST + f"telegram: {{name: {written}}}\n").telegram_name == "AskFirstBot"


@pytest.mark.parametrize("written", ["Ask First", "t.me/AskFirstBot", "12345", "true", "''", "Ab", "Bot_"])
def test_a_name_that_no_bot_can_have_is_refused(folder: Path, written: str) -> None:
    (fault,) = faults_of(folder, LEAST + f"telegram: {{name: {written}}}\n")
    assert fault.rule == "wrong-value"
    assert "is no user name of a bot; copy it from @BotFather" in fault.message


def test_the_guide_names_every_rule_of_its_own() -> None:
    code = (ROOT / "bot" / "config.py").read_text(encoding="utf-8")
    rules = set(re.findall(r'"((?:no-folder|same-file|base-url|token))"', code))
    assert rules == {"no-folder", "same-file", "base-url", "token"}
    assert all(f"| `{rule}` |" in GUIDE for rule in rules)


def test_the_config_holds_nothing_but_what_the_guide_speaks_of() -> None:
    assert len(dataclasses.fields(Config)) == 18
    assert get_args(ConfigFile.model_fields["sandbox"].annotation) == ()


@pytest.mark.parametrize("written", ["sessions: {path: x}\nstatus: {path: x}\n", "status: {path: var/secret}\n"])
def test_the_status_is_not_written_over_what_must_be_kept(folder: Path, written: str) -> None:
    (fault,) = faults_of(folder, LEAST + written)
    assert fault.rule == "same-file"
    assert "would be overwritten" in fault.message


def test_a_webhook_needs_an_address_and_has_the_rest(folder: Path) -> None:
    webhook = loaded(folder, LEAST + "webhook: {url: 'https://bot.example.org:8443/x'}\n").webhook
    assert webhook is not None
    assert (webhook.url, str(webhook.listen), webhook.connections) == (
        "https://bot.example.org:8443/x",
        "127.0.0.1:8080",
        40,
    )
    assert loaded(folder, LEAST + "telegram: {reports_chat: -1001234567890}\n").telegram_reports_chat == -1001234567890
