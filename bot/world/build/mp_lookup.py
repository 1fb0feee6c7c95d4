"""Makes `constituencies.csv` and `members.csv` from a release of the Department for Education's MP lookup.

Source: github.com/dfe-analytical-services/mp-lookup, `mp_lookup.csv`: one line for each constituency, made from the
UK Parliament's Members API and the ONS's look-ups of areas (Open Parliament Licence, Open Government Licence v3.0).
It does not say since when a member sits, so `since` stays blank.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.errors import DataError, Fault, shown_path
from bot.world.constituencies import COLUMNS, NUMBER_OF_SEATS
from bot.world.members import MemberRecord, dump_members

SOURCE = "dfe-analytical-services/mp-lookup"
_NEEDED = (
    *("pcon_name", "pcon_code", "member_id", "display_as", "party_text", "region_name", "region_code"),
    *("country_name", "country_code", "lad_names", "lad_codes", "la_names", "new_la_codes"),
    *("mayoral_auth_names", "mayoral_auth_codes"),
)
_SEVERAL = " / "


@dataclass(frozen=True, slots=True)
class Ended:
    """A member who no longer sits, known from elsewhere: the day the seat fell vacant, who says so, when we looked."""

    person_id: int
    until: dt.date
    source: str
    checked_on: dt.date


# Told by mysociety/parlparse after the release of 27 June 2026: the member for Clacton resigned.
ENDED = (Ended(5091, dt.date(2026, 7, 8), "mysociety/parlparse", dt.date(2026, 11, 22)),)


def build_members(lookup: Path, out_dir: Path, as_of: dt.date, ended: Iterable[Ended] = ENDED) -> None:
    """Writes both files into `out_dir`, replacing older ones whole. The same input gives the same bytes.

    `as_of` is the day of the release. `ended` counts where it is newer than that. Raises DataError.
    """
    lines = sorted(_lines(lookup), key=lambda line: line["pcon_code"])
    later = {one.person_id: one for one in ended if one.until > as_of}
    members = dump_members(_member(line, as_of, later) for line in lines if line["member_id"])
    _replace(out_dir / "constituencies.csv", _constituencies(lines))
    _replace(out_dir / "members.csv", members)


def _lines(lookup: Path) -> list[dict[str, str]]:
    file = shown_path(lookup)
    try:
        text = lookup.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DataError(
            f"{file} cannot be read ({error.strerror}); give the path of a downloaded mp_lookup.csv"
        ) from None
    except UnicodeDecodeError:
        raise DataError(f"{file} is not UTF-8 text; download mp_lookup.csv again") from None
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [column for column in _NEEDED if column not in (reader.fieldnames or ())]
    if missing:
        raise DataError(f"{file} lacks the columns {', '.join(missing)}; download mp_lookup.csv again")
    lines, faults = [], []
    for row in reader:
        line = {column: (row[column] or "").strip() for column in _NEEDED}
        if line["member_id"] and not line["member_id"].isdecimal():
            message = f"{line['member_id']!r:.20} is not a person id; download mp_lookup.csv again"
            faults.append(Fault(file, reader.line_num, 1, "bad-person-id", message))
        for names, codes in (("lad_names", "lad_codes"), ("la_names", "new_la_codes")):
            if len(line[names].split(_SEVERAL)) != len(line[codes].split(_SEVERAL)):
                message = f"{names} and {codes} differ in length; download mp_lookup.csv again"
                faults.append(Fault(file, reader.line_num, 1, "columns", message))
        lines.append(line)
    if len({line["pcon_code"] for line in lines}) != NUMBER_OF_SEATS or len(lines) != NUMBER_OF_SEATS:
        faults.append(Fault(file, 0, 0, "number-of-seats", f"does not hold {NUMBER_OF_SEATS} different constituencies"))
    if faults:
        raise DataError(f"{file} cannot be used:", faults)
    return lines


def _constituencies(lines: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in lines:
        districts = _areas(line, "lad_codes", "lad_names")
        counties = _areas(line, "new_la_codes", "la_names", only="E10")
        combined = _areas(line, "mayoral_auth_codes", "mayoral_auth_names", only="E47")
        writer.writerow(
            (
                *(line[column] for column in ("pcon_code", "pcon_name", "country_code", "country_name")),
                *(line[column] for column in ("region_code", "region_name")),
                *(districts, counties, combined),
            )
        )
    return out.getvalue()


def _areas(line: Mapping[str, str], codes: str, names: str, only: str = "") -> str:
    pairs = zip(line[codes].split(_SEVERAL), line[names].split(_SEVERAL), strict=True)
    return "; ".join(f"{code} {name}" for code, name in sorted(pairs) if code.startswith(only))


def _member(line: Mapping[str, str], as_of: dt.date, ended: Mapping[int, Ended]) -> MemberRecord:
    end = ended.get(int(line["member_id"]))
    return MemberRecord(
        person_id=int(line["member_id"]),
        name=line["display_as"],
        party=line["party_text"],
        gss_code=line["pcon_code"],
        since=None,
        until=end.until if end else None,
        source=end.source if end else SOURCE,
        checked_on=end.checked_on if end else as_of,
    )


def _replace(path: Path, text: str) -> None:
    """Puts the whole text in the file's place at once, so that no reader ever sees half of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
