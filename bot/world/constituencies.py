"""The 650 constituencies of the House of Commons, and the areas that each lies in (`data/constituencies.csv`).

Areas are written as GSS code and name, several of them with "; " between: "E08000003 Manchester; E08000004 Oldham".
`region` is one of England's nine, and the nation itself elsewhere. `councils` are districts, boroughs and unitary
councils; `counties` are the county councils above them; `combined_authorities` are those of England.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.engine.facts import Area
from bot.errors import Fault, shown_path
from bot.world.table import Row, read_table

NUMBER_OF_SEATS = 650
COLUMNS = (
    "gss_code",
    "name",
    "nation_code",
    "nation",
    "region_code",
    "region",
    "councils",
    "counties",
    "combined_authorities",
)
NATIONS = {
    "E92000001": "England",
    "N92000002": "Northern Ireland",
    "S92000003": "Scotland",
    "W92000004": "Wales",
}
_CODE_OF_NATION = {
    "E92000001": re.compile("E14[0-9]{6}"),
    "N92000002": re.compile("N05[0-9]{6}"),
    "S92000003": re.compile("S14[0-9]{6}"),
    "W92000004": re.compile("W07[0-9]{6}"),
}
_ENGLISH_REGION = re.compile("E12[0-9]{6}")
_AREA = re.compile(r"([A-Z][0-9]{8}) (\S.*)")


@dataclass(frozen=True, slots=True)
class Constituency:
    """One seat. `councils` are all councils it lies in, the nearest kind first: districts, counties, combined."""

    code: str
    name: str
    nation: Area
    region: Area
    councils: tuple[Area, ...]

    def area_codes(self) -> tuple[str, ...]:
        """GSS codes of all areas it lies in, the smallest first: itself, councils, region, nation."""
        codes = (self.code, *(area.code for area in self.councils), self.region.code, self.nation.code)
        return tuple(dict.fromkeys(codes))


def read_constituencies(path: Path, faults: list[Fault]) -> Mapping[str, Constituency]:
    """The constituencies by GSS code, in the order of the file. What is wrong is added to `faults`."""
    rows = read_table(path, COLUMNS, faults)
    if rows is None:
        return {}
    found: dict[str, Constituency] = {}
    names: dict[str, str] = {}
    for row in rows:
        seat = _constituency(row, faults)
        if seat is None:
            continue
        if seat.code in found:
            faults.append(row.fault("gss_code", "duplicate-code", f"{seat.code} stands here twice; remove one line"))
            continue
        found[seat.code] = seat
        for area, column in _named(seat):
            if names.setdefault(area.code, area.name) != area.name:
                other = names[area.code]
                message = f"{area.code} is called {area.name!r} here and {other!r} further up; use one name"
                faults.append(row.fault(column, "two-names", message))
    if len(rows) != NUMBER_OF_SEATS:
        message = f"holds {len(rows)} constituencies where {NUMBER_OF_SEATS} belong; add the missing, remove the others"
        faults.append(Fault(shown_path(path), 0, 0, "number-of-seats", message))
    return found


def _constituency(row: Row, faults: list[Fault]) -> Constituency | None:
    before = len(faults)
    values = row.values
    nation = Area(values["nation_code"], values["nation"])
    region = Area(values["region_code"], values["region"])
    if NATIONS.get(nation.code) != nation.name:
        known = "; ".join(f"{code} {name}" for code, name in NATIONS.items())
        faults.append(row.fault("nation_code", "unknown-nation", f"is not a nation of the UK; write one of {known}"))
        return None
    if not _CODE_OF_NATION[nation.code].fullmatch(values["gss_code"]):
        message = f"{values['gss_code']!r:.20} is not the GSS code of a constituency in {nation.name}; correct it"
        faults.append(row.fault("gss_code", "unknown-code", message))
    if not values["name"]:
        faults.append(row.fault("name", "no-name", "the constituency has no name; add it"))
    english = nation.name == "England"
    if not (_ENGLISH_REGION.fullmatch(region.code) and region.name if english else region == nation):
        remedy = "an English region (E12…) and its name" if english else f"{nation.code} and {nation.name} again"
        faults.append(row.fault("region_code", "unknown-region", f"is not a region of {nation.name}; write {remedy}"))
    councils = [
        area for column in ("councils", "counties", "combined_authorities") for area in _areas(row, column, faults)
    ]
    if not values["councils"]:
        faults.append(row.fault("councils", "no-council", "names no council; write it like E08000003 Manchester"))
    if len(faults) > before:
        return None
    return Constituency(values["gss_code"], values["name"], nation, region, tuple(councils))


def _areas(row: Row, column: str, faults: list[Fault]) -> list[Area]:
    areas = []
    for part in filter(None, (part.strip() for part in row.values[column].split(";"))):
        match = _AREA.fullmatch(part)
        if match:
            areas.append(Area(match[1], match[2]))
        else:
            message = f"{part!r:.60} is not a GSS code and a name; write it like E08000003 Manchester"
            faults.append(row.fault(column, "bad-area", message))
    return areas


def _named(seat: Constituency) -> list[tuple[Area, str]]:
    return [(seat.region, "region"), *((area, "councils") for area in seat.councils)]
