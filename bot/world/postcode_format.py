"""The file format of the packed postcode index: every postcode of Great Britain in under 1 MB.

A postcode is an outward code of two to four characters (the district), a digit (with it, the sector) and a unit of
two letters. Letters are nearly always among the twenty of LETTERS, so a sector is a grid of 20 rows (first letter) by
20 columns (second). Each sector is one record. A look-up reads that record only, and has no loop: it shifts bits and
counts them. `bot.world.build.pack` writes the format, `bot.world.postcode_index` reads it.

The file. Numbers are little-endian, and bit 0 is the lowest.

    header        HEADER: magic, version, month of the source, counts, SHA-256 of all that follows, CRC-32 of the header
    districts     DISTRICT each, ascending: outward code padded with spaces; where its records start, counted from the
                  first record of all; bit d says that sector d exists
    bounds        u16 each, for each district: where each of its records starts and the last one ends, from its start
    constituencies  9 bytes each, ascending: GSS codes
    lists         u16 each: where each list of candidates starts, and the last one ends; then the lists themselves:
                  numbers of constituencies, the source's own first. List 0 is empty
    oddities      ODDITY each: the few postcodes with other letters in the unit (such as NPT 0VA)
    records       one for each sector

    record:
        u8 k      how many different lists occur in the sector (0: it has nothing but oddities)
        u16 x k   those lists, in order of appearance
        runs      only if k > 1: u8, half the length in bytes; then which postcodes have which list
        rows      which postcodes exist, and which of them are live

    rows, a number of bits:
        20 L, 20 M    one bit of each for every row: 00 no postcode, 10 all live, 11 all terminated, 01 mixed
        20 F          the row is full: all its twenty postcodes exist
        20 x part     the columns that exist, for each row that is neither empty nor full: the mixed ones come first
        live bits     one for each postcode of the mixed rows: of the full rows first, then of the part rows. So the
                      live bit of a postcode in a part row is found by counting the part bits before it

    runs, a number of bits. The postcodes of a sector, in order, fall into runs with equal lists; run 0 needs no start:
        20 G          a run starts with this row
        20 I          runs start inside this row
        20 x I        the columns where they do, for each of those rows
        w x run       which of the k lists the run has, w = (k - 1).bit_length()
"""

from __future__ import annotations

import struct
from typing import Final

LETTERS: Final = "ABDEFGHJLNPQRSTUWXYZ"
UNITS: Final = [row + column for row in LETTERS for column in LETTERS]
MAGIC: Final = b"\x89AFPC\r\n\x1a"  # a copy that changed line ends or dropped the eighth bit is seen at once
VERSION: Final = 1
# magic, version, year, month; near_boundary_m in mm; how many live postcodes, terminated ones, districts, bounds,
# constituencies, lists, numbers in all lists, oddities; length of the file in bytes; SHA-256. CRC comes after it.
HEADER: Final = struct.Struct("<8s3H10I32s")
CRC: Final = struct.Struct("<I")
DISTRICT: Final = struct.Struct("<4sIH")
ODDITY: Final = struct.Struct("<8sBH")  # postcode padded with spaces, 1 if it is live, its list
