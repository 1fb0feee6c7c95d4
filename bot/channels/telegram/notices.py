"""What Telegram shows of the bot beside its cards: its profile, and short notices. Translated like the flows.

https://core.telegram.org/bots/api#setmyname, #setmydescription, #setmyshortdescription
"""

from __future__ import annotations

from typing import Final

from bot.engine.model import Text

# At most 64 characters. A translation keeps "Ask First" and adds what it means.
NAME: Final = Text("telegram.name", "Ask First")
# At most 120 characters; it stands on the bot's profile, and under a link to it.
SHORT_DESCRIPTION: Final = Text(
    "telegram.short_description", "Before you ask your MP for help, ask here first. Information only, no advice."
)
# At most 512 characters; it fills the empty chat before a person presses Start.
DESCRIPTION: Final = Text(
    "telegram.description",
    "Before you ask your MP for help, ask here first.\n"
    "Send me a postcode. I tell you who your MP is, and if they have promised not to report people to the Home Office. "
    "I show you organisations that help.\n"
    "I do not ask for your name. I do not give advice.",
)
# At most 200 characters, as it is also shown as the answer to a tap.
WAIT: Final = Text("telegram.wait", "One moment, please. I am still answering your last message.")
PRIVATE_ONLY: Final = Text(
    "telegram.private_only",
    "I work only in a private chat, because other people in a group could read your answers. "
    "I am leaving this group now.",
)
