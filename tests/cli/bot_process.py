"""`askfirst` as a process of its own, with an environment of its own."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.telegram_peer import Person

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def running(project: Path, *arguments: str, **more: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The bot, or another command, started in this folder with these variables; ended when the block is left."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TELEGRAM", "ASKFIRST"))}
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **more}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *(arguments or ["run"])),
        cwd=project,
        env=environment,
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def asks_for_an_mp(person: Person) -> None:
    """Somebody whose telephone speaks Polish begins, chooses English, and sends a postcode of Manchester."""
    await person.says("/start")
    await person.sees(lambda messages: any("polski" in str(one.buttons) for one in messages), timeout=20)
    await person.taps("English")
    await person.sees(lambda messages: any("Ask First" in one.text for one in messages))
    await person.says("M1 1AE")
    await person.sees(lambda messages: any("Manchester Central" in one.text for one in messages))
