"""`askfirst flow`: begins a new flow file, and draws the flows."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from bot.config import Config
from bot.content.diagram import flow_diagram, markdown, mermaid, overview
from bot.content.diagram_picture import picture
from bot.content.flows import flow_paths, load_flows, read_flows
from bot.content.names import no_such
from bot.content.new_flow import new_flow
from bot.errors import ConfigError, ContentError, shown_path
from bot.world.build.swap import swap_in
from bot.world.build.whole_file import replace_whole


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Adds `askfirst flow`."""
    parser = commands.add_parser("flow", help="begin a new flow, or draw the flows")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    new = actions.add_parser("new", parents=[common], help="write a new flow file, which works at once")
    new.add_argument("name", metavar="NAME", help="its name: small letters, digits and _")
    new.add_argument("--command", metavar="WORD", help="it opens with /WORD")
    new.add_argument("--link", metavar="WORD", help="it opens by a link with this word (without both: by its name)")
    new.set_defaults(run=_new)
    diagram = actions.add_parser("diagram", parents=[common], help="draw flows, or how all flows lead to each other")
    diagram.add_argument(
        "--flow", nargs="+", action="extend", default=[], metavar="FLOW", help="the flows to draw, step by step"
    )
    diagram.add_argument(
        "--out", type=Path, metavar="FILE", help="a picture (.svg), Mermaid (.mmd) or Markdown (.md); else printed"
    )
    diagram.set_defaults(run=_diagram)


def _new(args: argparse.Namespace, config: Config) -> int:
    paths = flow_paths(config.flows_dir)
    there = next((path for path in paths if path.stem == args.name), None)
    if there is not None:
        raise ContentError(f"{shown_path(there)} is there already; choose another name, or change that file.")
    # A flow that is being written at this moment may have faults; the new one is begun all the same.
    text = new_flow(args.name, read_flows(paths, []), args.command, args.link)
    path = config.flows_dir / f"{args.name}.yaml"
    replace_whole(path, text, was=None, check=lambda _: None)
    opening = args.link or (None if args.command else args.name)
    print(f"{shown_path(path)} is written, and works. Now change its words, and then:")
    print(f"  askfirst check {shown_path(path)}")
    print(f"  askfirst chat --start {opening}" if opening else f"  askfirst chat   (and type /{args.command})")
    print("  askfirst locale update   (gives its texts to the translators)")
    return 0


def _diagram(args: argparse.Namespace, config: Config) -> int:
    flows = load_flows(config.flows_dir)
    for name in args.flow:
        if name not in flows:
            raise no_such("flow", name, flows)
    diagrams = [flow_diagram(flows[name]) for name in dict.fromkeys(args.flow)] or [overview(flows)]
    if args.out is None:
        print(mermaid(diagrams), end="")
        return 0
    write = {".svg": picture, ".mmd": mermaid, ".md": markdown}.get(args.out.suffix.lower())
    if write is None:
        raise ConfigError(f"`{args.out.name}` must end in .svg, .mmd or .md, which says what to write; give another.")
    swap_in(args.out, write(diagrams).encode(), lambda _: None)
    print(f"{shown_path(args.out)}: {', '.join(diagram.title for diagram in diagrams)}")
    return 0
