"""What a browser makes of our pages: Chromium prints them, poppler's tools measure and picture the print.

Where they are not installed, the tests that need them are skipped and say so.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_QUIETLY = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-pdf-header-footer"),
)


def tool(*names: str) -> str:
    """The path of the first of these programs that is installed; the test is skipped where none is."""
    for name in names:
        if found := shutil.which(name):
            return found
    pytest.skip(f"{names[0]} is not installed (Debian's packages: chromium, poppler-utils)")


def printed(page: Path) -> Path:
    """The page as the PDF that Chromium would send to a printer, beside it."""
    pdf = page.with_suffix(".pdf")
    _chromium(page, f"--print-to-pdf={pdf}")
    return pdf


def photographed(page: Path, width: int, height: int) -> Image.Image:
    """What Chromium shows of the page in a window of this size."""
    picture = page.with_name(f"{page.name}.png")
    _chromium(page, f"--screenshot={picture}", f"--window-size={width},{height}")
    return _opened(picture)


def pages(pdf: Path) -> tuple[int, str]:
    """How many pages a PDF has, and their size in words of `pdfinfo`, such as `595 x 842 pts (A4)`."""
    told = _run(tool("pdfinfo"), str(pdf))
    facts = dict(re.findall(r"^([A-Za-z ]+):\s+(.*)$", told, re.MULTILINE))
    return int(facts["Pages"]), facts["Page size"]


def words_of(pdf: Path) -> str:
    """The text of a PDF, as it can be searched."""
    return _run(tool("pdftotext"), str(pdf), "-")


def scanned(pdf: Path, dots_per_inch: int = 150) -> Image.Image:
    """The first page of a PDF as a picture."""
    stem = pdf.with_suffix("")
    _run(tool("pdftoppm"), "-r", str(dots_per_inch), "-png", "-singlefile", str(pdf), str(stem))
    return _opened(stem.with_suffix(".png"))


def dom_of(page: Path) -> str:
    """The page as it stands after its scripts have run."""
    return _chromium(page, "--dump-dom", "--virtual-time-budget=5000")


def _chromium(page: Path, *arguments: str) -> str:
    profile = page.parent / "browser-profile"
    told = _run(tool(*_BROWSERS), *_QUIETLY, f"--user-data-dir={profile}", *arguments, page.resolve().as_uri())
    shutil.rmtree(profile, ignore_errors=True)
    return told


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout


def _opened(picture: Path) -> Image.Image:
    with Image.open(picture) as image:
        image.load()
        return image
