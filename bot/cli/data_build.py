"""`askfirst data build`: makes the postcode index from the files of the Office for National Statistics."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.config import Config
from bot.errors import ConfigError, shown_path

if TYPE_CHECKING:
    from bot.world.build.build_report import BuildReport
    from bot.world.build.download import Download

REASONS = ("few-live", "other-seats", "many-moved", "older")
PORTAL_VARIABLE = "ONS_PORTAL_URL"
NSPL_VARIABLE = "ONS_NSPL_URL"
BOUNDARIES_VARIABLE = "ONS_BOUNDARIES_URL"


def add_actions(actions: Any, common: argparse.ArgumentParser) -> None:
    """Adds `build` to the actions of `askfirst data`."""
    build = actions.add_parser("build", parents=[common], help="make data/postcodes.idx")
    add = build.add_argument
    add("postcodes", type=Path, nargs="?", metavar="POSTCODES", help="NSPL or ONSPD: the zip, or the CSV in it")
    add("boundaries", type=Path, nargs="?", metavar="BOUNDARIES", help="constituency boundaries: GeoJSON or .gz")
    add(
        *("--download",),
        type=Path,
        nargs="?",
        const=Path("var/sources"),
        metavar="DIR",
        help="instead: fetch the current NSPL and boundaries into this folder (var/sources)",
    )
    add("--uprns", type=Path, metavar="PATH", help="ONSUD or NSUL, zip or folder: which addresses a postcode has")
    add("--out", type=Path, metavar="FILE", help="where to write it (data/postcodes.idx)")
    add("--near", type=float, default=50.0, metavar="METRES", help="what counts as near a boundary (50)")
    add(
        *("--despite",),
        type=_reasons,
        default=frozenset(),
        metavar="REASON,…",
        help=f"use a suspicious build all the same: {', '.join(REASONS)}",
    )
    add("--portal-url", metavar="URL", help=f"where the portal lists releases (else {PORTAL_VARIABLE}, else the ONS)")
    add("--nspl-url", metavar="URL", help=f"the NSPL itself (else {NSPL_VARIABLE}, else the newest of the portal)")
    add("--boundaries-url", metavar="URL", help=f"the boundaries (else {BOUNDARIES_VARIABLE}, else those of July 2024)")
    build.set_defaults(run=_build)


def _reasons(text: str) -> frozenset[str]:
    words = frozenset(word.strip() for word in text.split(","))
    if not words <= set(REASONS):
        raise argparse.ArgumentTypeError(f"one or more of {', '.join(REASONS)}, with commas, not {text!r}")
    return words


def _build(args: argparse.Namespace, config: Config) -> int:
    try:
        from bot.world.build.build_report import described, suspicions
        from bot.world.build.postcodes import build_postcode_index
    except ImportError as error:
        raise ConfigError(f"Building needs the package `{error.name}`; install ask-first[build].") from None
    _refuse_mixed(args)
    out = args.out or config.data_dir / "postcodes.idx"
    if not out.parent.is_dir():
        raise ConfigError(f"{shown_path(out)} cannot be written: its folder does not exist. Make it, or give --out.")
    found: dict[str, str] = {}

    def accept(report: BuildReport) -> bool:
        print(*described(report), sep="\n", flush=True)
        found.update(suspicions(report))
        return not found.keys() - args.despite

    with _ended_in_order(), _bars() as progress:
        postcodes, boundaries = _downloaded(args, progress) if args.download else (args.postcodes, args.boundaries)
        report = build_postcode_index(
            postcodes,
            boundaries,
            out,
            near_boundary_m=args.near,
            addresses=args.uprns,
            accept=accept,
            progress=progress,
        )
    if not report.written:
        left = [word for word in found if word not in args.despite]
        told = ",".join(word for word in REASONS if word in found)
        print(
            f"askfirst: this build is suspicious: {'; '.join(found[word] for word in left)}. {shown_path(out)} was "
            f"left as it is. Check the source files; if this is right, repeat with --despite {told}.",
            file=sys.stderr,
        )
        return 1
    for word, what in found.items():
        print(f"Used all the same (--despite {word}): {what}.")
    print(f"{shown_path(out)} is written: {report.size:,} bytes, SHA-256 {report.sha256}.")
    return 0


def _refuse_mixed(args: argparse.Namespace) -> None:
    named = [args.postcodes, args.boundaries]
    if args.download and any(named):
        raise ConfigError("Name the two files, or give --download DIR, not both.")
    if not args.download and not all(named):
        raise ConfigError(
            "`askfirst data build` needs two files, POSTCODES (an NSPL or ONSPD) and BOUNDARIES; or give --download."
        )
    if not args.download and (args.portal_url or args.nspl_url or args.boundaries_url):
        raise ConfigError("An address is only of use with --download; add that, or leave the address out.")


def _downloaded(args: argparse.Namespace, progress: Callable[[str, int, int], None]) -> tuple[Path, Path]:
    """The NSPL and the boundaries, as far as they were not here already."""
    from bot.world.build import portal
    from bot.world.build.download import Wanted, checked_address, fetch, new_session

    def address(option: str | None, variable: str, what: str, default: str) -> str:
        given = option or os.environ.get(variable) or default
        return checked_address(given, what) if given else ""

    folder: Path = args.download
    list_url = address(args.portal_url, PORTAL_VARIABLE, "the portal", portal.PORTAL).rstrip("/")
    nspl_url = address(args.nspl_url, NSPL_VARIABLE, "the NSPL", "")
    boundaries_url = address(args.boundaries_url, BOUNDARIES_VARIABLE, "the boundaries", portal.BOUNDARIES)

    async def both() -> tuple[Path, Path]:
        async with new_session() as session:

            async def one(wanted: Wanted) -> Path:
                name = wanted.target.name
                done = await fetch(
                    session, wanted, say=_say, progress=lambda done, total: progress(f"download {name}", done, total)
                )
                print(_told(done), flush=True)
                return wanted.target

            if nspl_url:
                postcodes = await one(portal.nspl(nspl_url, folder))
            else:
                release = await portal.newest_release(session, list_url, say=_say)
                postcodes = await one(portal.nspl(release.url, folder, release.name))
            return postcodes, await one(portal.boundaries(boundaries_url, folder))

    return asyncio.run(both())


def _told(done: Download) -> str:
    how = "downloaded" if done.fresh else f"here since {done.retrieved_on}, and still the current one"
    return f"{done.file}: {how}; {done.size:,} bytes, SHA-256 {done.sha256}, from {done.url}"


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Ends on SIGTERM (and SIGHUP, a closed terminal) as on Ctrl-C, so that nothing half-written is left behind."""
    signals = [one for name in ("SIGTERM", "SIGHUP") if (one := getattr(signal, name, None)) is not None]
    before = {one: signal.signal(one, signal.default_int_handler) for one in signals}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


@contextmanager
def _bars() -> Iterator[Callable[[str, int, int], None]]:
    """A bar on standard error for each stage, one after the other; none where that is not a terminal."""
    from tqdm import tqdm

    bars: dict[str, Any] = {}

    def progress(stage: str, done: int, total: int) -> None:
        if stage not in bars:
            for bar in bars.values():
                bar.close()
            bars[stage] = tqdm(total=total, desc=stage, unit="", unit_scale=True, disable=None)
        bars[stage].total = total
        bars[stage].update(done - bars[stage].n)

    try:
        yield progress
    finally:
        for bar in bars.values():
            bar.close()
