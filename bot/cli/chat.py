"""`askfirst chat`: the conversation in this terminal."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from bot import app
from bot.channels.turns import utc_now
from bot.cli.recording import recording
from bot.config import Config
from bot.content.names import no_such
from bot.content.roads import road_to
from bot.content.script_play import Player
from bot.content.script_recording import Recorder
from bot.content.supposing import supposed
from bot.engine.wording import ENGLISH
from bot.errors import ConfigError


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Adds the command."""
    chat = commands.add_parser("chat", parents=[common], help="talk to the bot in this terminal")
    chat.add_argument("--lang", metavar="TAG", help="begin in this language, for example ar")
    begins = chat.add_mutually_exclusive_group()
    begins.add_argument("--start", default="", metavar="PAYLOAD", help="what a link carries, for example mp or help-ar")
    begins.add_argument("--at", metavar="STEP", help="begin at this step (step or flow.step)")
    chat.add_argument("--record", type=Path, metavar="FILE", help="add the conversation to this file of scripts")
    chat.add_argument(
        "--record-postcodes",
        action="store_true",
        help="record postcodes as they are typed; never do this with a person's own",
    )
    chat.add_argument("--plain", action="store_true", help="no colours")
    chat.set_defaults(run=_chat)


def _chat(args: argparse.Namespace, config: Config) -> int:
    if args.record_postcodes and args.record is None:
        raise ConfigError("`--record-postcodes` goes with `--record FILE`; add it, or leave both out.")
    now = utc_now()
    world = app.build_world(config, now.date())
    if args.lang is not None and args.lang not in world.catalogues:
        raise no_such("language", args.lang, world.catalogues)
    if args.at is None:
        recorder = Recorder(Player(world, args.lang, now), args.record_postcodes)
        with recording(args.record, config.root, recorder):
            app.talk(lambda: world, args.lang, args.start, plain=args.plain, hears=recorder.heard)
        return 0
    language = args.lang or ENGLISH.language
    road = road_to(world, args.at, language, now)
    recorder = Recorder(Player(supposed(world, road.suppose), language, now), args.record_postcodes)
    recorder.begin(road)
    player = recorder.player
    came_to = (player.session, player.shown)
    with recording(args.record, config.root, recorder):
        print(f"The way here: {road}\n")
        app.talk(lambda: player.world, language, plain=args.plain, came_to=came_to, hears=recorder.heard)
    return 0
