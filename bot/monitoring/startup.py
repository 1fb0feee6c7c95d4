"""What a bot says of itself when it starts: what it is made of, and where it can be looked at. A few plain lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from bot.errors import shown_path
from bot.monitoring.standing import Standing

if TYPE_CHECKING:
    from bot.config import Config
    from bot.engine.wording import Catalogue
    from bot.serving import Listen

SOURCES: Final = {"postcodes": "postcodes", "members": "MPs", "pledges": "pledges", "directory": "organisations"}


def start_lines(
    config: Config, catalogues: Mapping[str, Catalogue], standing: Standing, listening: Listen | None
) -> Iterator[str]:
    """One sentence a line. `listening`: where health and metrics are, None if nowhere."""
    yield f"Flows {standing.flows}, {languages(catalogues)}."
    dates = ", ".join(
        f"{SOURCES[source.name]} {source.date or 'not known'}" for source in standing.sources if source.name in SOURCES
    )
    yield f"As of: {dates}."
    past = [source.name for source in standing.sources if source.past]
    if past:
        yield f"Past the age limit: {', '.join(past)}. `askfirst data status` says what follows, and the remedy."
    if config.store == "memory":
        yield "Conversations are kept in memory alone: a restart forgets them."
    else:
        yield f"Conversations are kept in {shown_path(config.sessions_path)}, encrypted."
    if listening is not None:
        yield f"Health and metrics: {pages_at(listening)}."
        if not listening.is_own_machine:
            yield "Other machines can read them there. Remedy, if they should not: an address such as 127.0.0.1."


def languages(catalogues: Mapping[str, Catalogue]) -> str:
    """How many languages there are. English is the language of the flows, so nobody has to review it."""
    others = [catalogue for name, catalogue in catalogues.items() if name != "en"]
    if not others:
        return "in English"
    reviewed = sum(catalogue.reviewed for catalogue in others)
    words = {0: "none of them reviewed", len(others): "all of them reviewed"}.get(
        reviewed, f"{reviewed} of them reviewed"
    )
    return f"in English and {len(others)} other language{'' if len(others) == 1 else 's'}, {words}"


def pages_at(listening: Listen) -> str:
    """Where the two pages are, as a person can open them."""
    if listening.path is not None:
        return f"/healthz and /metrics on {listening}"
    return f"http://{listening}/healthz and /metrics"
