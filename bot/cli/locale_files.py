"""The catalogue files as the commands write them."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from bot.config import Config
from bot.content.catalogues import catalogue_path, catalogue_paths
from bot.errors import ConfigError


def catalogue_of(config: Config, tag: str) -> Path:
    """The catalogue of a language that there is. Raises ConfigError, naming those that there are."""
    path = catalogue_path(config.locales_dir, tag)
    if not path.is_file():
        known = ", ".join(one.parent.parent.name.replace("_", "-") for one in catalogue_paths(config.locales_dir))
        raise ConfigError(f"There is no translation `{tag:.40}`; there are {known}. `askfirst locale add` begins one.")
    return path


def write_catalogue(path: Path, catalogue: Catalog) -> None:
    """As Poedit and Weblate write it; beside the old file, then in its place, so that an interruption loses nothing."""
    out = BytesIO()
    write_po(out, catalogue, width=100)
    data = out.getvalue()
    if catalogue.locale is None and catalogue.locale_identifier:
        # Of a language that CLDR lacks, such as Dari, Babel keeps the plural rule to itself.
        plural = f'"Plural-Forms: {catalogue.plural_forms}\\n"\n"MIME-Version'.encode()
        data = data.replace(b'"MIME-Version', plural, 1)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".tmp")
    with partial.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
