"""`python -m bot` is the command `askfirst`."""

import sys

from bot.cli.main import main

sys.exit(main())
