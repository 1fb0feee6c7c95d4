"""`askfirst data verify ORG`: walks a keeper of the directory through the facts of one entry, and dates them."""

from __future__ import annotations

import argparse
import copy
import datetime as dt
import difflib
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NoReturn, TextIO

from pydantic import ValidationError

from bot.channels.turns import utc_now
from bot.cli.data_hsds import known_areas
from bot.config import Config
from bot.errors import DataError, Fault, shown_path
from bot.world.build.organisation_writing import difference, edited_text, plain
from bot.world.build.whole_file import replace_whole
from bot.world.organisation_facts import (
    BODIES,
    NOTHING,
    Plain,
    Typed,
    body_of,
    facts_of,
    web_address,
    yes_or_no,
)
from bot.world.organisation_file import UNKNOWN, OrganisationFile, RegulatorPart
from bot.world.organisation_rules import check
from bot.yamlfile import read, read_bytes


def add_actions(actions: Any, common: argparse.ArgumentParser) -> None:
    """Adds `verify` to the actions of `askfirst data`."""
    parser = actions.add_parser(
        "verify", parents=[common], help="go through the facts of one organisation, and date what is still right"
    )
    parser.add_argument("organisation", metavar="ORG", help="its id: the name of its file without .yaml")
    parser.set_defaults(run=_verify)


def _verify(args: argparse.Namespace, config: Config) -> int:
    path = _path(config.data_dir / "organisations", args.organisation)
    areas = known_areas(config)
    try:
        return Walk(path, utc_now().date(), areas, sys.stdin, sys.stdout).go()
    except Stopped as stopped:
        print(stopped)
        return 1


def _path(folder: Path, name: str) -> Path:
    known = sorted(path.stem for path in folder.glob("*.yaml"))
    if name in known:
        return folder / f"{name}.yaml"
    close = difflib.get_close_matches(name, known, n=3)
    hint = f"did you mean {' or '.join(close)}?" if close else f"the entries are the files of {shown_path(folder)}."
    raise DataError(f"There is no organisation `{name[:64]}`; {hint}")


class Stopped(Exception):
    """The person stopped, or the input ended; the file is as it was."""


class Walk:
    """One walk through one entry. What is typed changes a copy; the file is written at the end, or not at all."""

    def __init__(self, path: Path, today: dt.date, areas: frozenset[str], given: TextIO, out: TextIO) -> None:
        self._path, self._today, self._areas = path, today, areas
        self._given, self._out = given, out
        faults: list[Fault] = []
        self._was = path.read_bytes()
        document = read(path, OrganisationFile, faults)
        if document is None:
            raise DataError("This entry cannot be verified before its file is mended:", faults)
        self._entry = document.model
        self._plain = plain(document.model)
        # What was wrong before is not this walk's doing: only new faults are refused.
        self._standing = {(fault.rule, fault.message) for fault in check(document, path.stem, today, areas)}
        self._source = self._entry.service.url or self._entry.organization.website
        self._skipped: list[str] = []
        self._settled = 0

    def go(self) -> int:
        """Asks everything, shows what would change, and writes it if the person says yes. Returns the exit code."""
        name = self._entry.service.name or self._entry.organization.name
        self._say(f"{name} ({shown_path(self._path)}). Open its own page and compare.")
        self._say(f"Answer y (yes), n (no, change it), s (skip) or q (quit). Type {NOTHING} for nothing.\n")
        self._add_source(self._where("Which page do you compare with?"))
        for fact in facts_of(self._entry):
            if not self._right(fact.name, fact.shown):
                self._change(f"{fact.name}: {fact.how}", fact.put)
        self._phones()
        self._advice()
        if not self._settled:
            self._stop("Nothing was confirmed.")
        self._date_it()
        return self._write()

    # --- the questions

    def _phones(self) -> None:
        for number in [one.number for one in self._entry.phones]:
            phone = next(one for one in self._plain["phones"] if one["number"] == number)
            dated = f", checked on {phone['assured_date']}" if "assured_date" in phone else ", never checked"
            words = f" ({phone['description']})" if "description" in phone else ""
            answer = self._choice("Telephone", f"{number}{words}{dated}")
            if answer == "s":
                self._skipped.append(f"the number {number}")
            elif answer == "y":
                self._date_number(number)
            else:
                self._change(f"Telephone: the new number, or {NOTHING} to take it out", _number_of(number))
                self._new_number(set(self._numbers()) - {one.number for one in self._entry.phones})
        while True:
            before = set(self._numbers())
            words = self._line("Another telephone number? Type it, or leave the line empty: ")
            if not words:
                return
            if self._try(partial(_with_number, words)):
                self._settled += 1
                self._new_number(set(self._numbers()) - before)

    def _numbers(self) -> list[str]:
        return [one["number"] for one in self._plain.get("phones", [])]

    def _new_number(self, numbers: set[str]) -> None:
        """Asks for the hours of a number just typed, and dates it; of none, if it was taken out."""
        for number in sorted(numbers & set(self._undated())):
            self._change(f"Its hours: the text, or {NOTHING} for none", _hours_of(number))
            self._date_number(number)

    def _undated(self) -> list[str]:
        return [one["number"] for one in self._plain.get("phones", []) if "assured_date" not in one]

    def _date_number(self, number: str) -> None:
        self._add_source(self._where("Where does this number stand?"))

        def put(entry: Plain) -> None:
            next(one for one in entry["phones"] if one["number"] == number)["assured_date"] = self._today

        self._put(put)

    def _advice(self) -> None:
        gives = self._entry.gives_immigration_advice
        if not self._right("Advises people on their own immigration case", "yes" if gives else "no"):
            self._change(
                "Advises people on their own immigration case: yes or no",
                lambda entry, words: entry.update(gives_immigration_advice=yes_or_no(words)),
            )
        if not self._plain["gives_immigration_advice"]:
            return
        regulator = self._entry.regulator
        if not isinstance(regulator, RegulatorPart):
            answer = self._choice("Regulator", "not recorded, so the entry is not offered for this advice")
            if answer in ("y", "s"):  # that it is not recorded is right, but nothing to date
                return
        else:
            shown = f"{regulator.body}, {regulator.reference}, read on {regulator.checked_on}"
            answer = self._choice("Regulator", shown)
            if answer == "s":
                self._skipped.append("the regulator")
                return
        entry: dict[str, Any] = dict(self._plain["regulator"]) if answer == "y" else {}
        if answer == "n":
            words = self._until(f"Regulator: {', '.join(BODIES)}, or {NOTHING} for not known", _body_or_nothing)
            if words == NOTHING:
                self._put(lambda one: one.update(regulator=UNKNOWN))
                return
            entry = {"body": words, "reference": self._until("Its number there", _some_words)}
        entry |= {"source": self._where("Where does the regulator's entry stand?"), "checked_on": self._today}
        self._put(lambda one: one.update(regulator=entry))

    def _date_it(self) -> None:
        """Dates the entry as a whole, but only if nothing was left out."""
        if self._skipped:
            self._say(f"Skipped: {', '.join(self._skipped)}. The entry as a whole keeps its old date.")
        else:
            self._put(lambda entry: entry["service"].update(assured_date=self._today))

    def _add_source(self, url: str) -> None:
        today = self._today

        def put(entry: Plain) -> None:
            if not any(one["url"] == url and one.get("date") == today for one in entry["sources"]):
                what = "Read by the keeper of the directory, fact by fact"
                entry["sources"].insert(0, {"url": url, "date": today, "seen": today, "what": what})

        self._put(put)

    def _write(self) -> int:
        now = self._was.decode("utf-8-sig")
        text = edited_text(now, OrganisationFile.model_validate(self._plain))
        changes = difference(now, text, self._path.name)
        if not changes:
            self._stop("The file already says all this.")
        self._say(f"\n{changes}")
        if self._ask("Write this? [y]es / [n]o: ", ("y", "n")) == "n":
            self._stop("Nothing was written.")
        replace_whole(self._path, text, was=self._was, check=_must_read)
        self._say("Written.")
        return 0

    # --- how questions are asked

    def _right(self, name: str, shown: str) -> bool:
        """Whether a fact stands as it is: confirmed, or skipped and noted."""
        answer = self._choice(name, shown)
        if answer == "s":
            self._skipped.append(name.casefold())
        return answer != "n"

    def _choice(self, name: str, shown: str) -> str:
        question = f"{name}: {shown}\n  Still right? [y]es / [n]o, change / [s]kip / [q]uit: "
        answer = self._ask(question, ("y", "n", "s", "q"))
        if answer == "q":
            self._stop("You stopped. Nothing was written.")
        if answer == "y":
            self._settled += 1
        return answer

    def _change(self, question: str, put: Callable[[Plain, str], None]) -> None:
        """Asks for a new value until the rules allow it."""
        while True:
            words = self._line(f"  {question}: ")
            if words and self._try(partial(_swapped, put, words)):
                self._settled += 1
                return

    def _until(self, question: str, read_words: Callable[[str], str]) -> str:
        while True:
            try:
                return read_words(self._line(f"  {question}: "))
            except Typed as problem:
                self._say(f"  {problem}")

    def _where(self, question: str) -> str:
        """The address of the page; the one given before, if the line is left empty."""
        before = self._source
        self._source = self._until(
            f"{question} Its web address (empty: {before})", lambda words: web_address(words) if words else before
        )
        return self._source

    def _ask(self, question: str, known: tuple[str, ...]) -> str:
        while True:
            answer = self._line(question).casefold()[:1]
            if answer in known:
                return answer
            self._say(f"  Type {', '.join(known[:-1])} or {known[-1]}.")

    def _line(self, question: str) -> str:
        print(question, end="", file=self._out, flush=True)
        line = self._given.readline()
        if not self._given.isatty():
            print(file=self._out)  # nobody's return key ended the line of the question
        if not line:
            self._stop("The input ended. Nothing was written.")
        return line.strip()

    def _say(self, text: str) -> None:
        print(text, file=self._out, flush=True)

    def _stop(self, why: str) -> NoReturn:
        raise Stopped(why)

    # --- what is put in

    def _try(self, put: Callable[[Plain], None]) -> bool:
        """Puts something in, unless it cannot be so: then says why."""
        candidate = copy.deepcopy(self._plain)
        try:
            put(candidate)
            entry = OrganisationFile.model_validate(candidate)
        except Typed as problem:
            self._say(f"  {problem}")
            return False
        except ValidationError as error:
            self._say(f"  This cannot be: {error.errors()[0]['msg']}.")
            return False
        new = [fault for fault in self._faults(entry) if (fault.rule, fault.message) not in self._standing]
        for fault in new:
            self._say(f"  {fault.message}.")
        if new:
            return False
        self._plain = plain(entry)
        return True

    def _put(self, put: Callable[[Plain], None]) -> None:
        """Puts in what is right by how it was made; if the rules refuse it all the same, the walk ends."""
        if not self._try(put):
            self._stop("Nothing was written.")

    def _faults(self, entry: OrganisationFile) -> list[Fault]:
        text = edited_text(self._was.decode("utf-8-sig"), entry)
        document = read_bytes(text.encode(), shown_path(self._path), OrganisationFile, [])
        return [] if document is None else list(check(document, self._path.stem, self._today, self._areas))


def _swapped(put: Callable[[Plain, str], None], words: str, entry: Plain) -> None:
    put(entry, words)


def _with_number(number: str, entry: Plain) -> None:
    entry.setdefault("phones", []).append({"number": number})


def _number_of(number: str) -> Callable[[Plain, str], None]:
    def put(entry: Plain, words: str) -> None:
        phones = entry["phones"]
        at = next(index for index, one in enumerate(phones) if one["number"] == number)
        if words == NOTHING:
            del phones[at]
        else:
            phones[at] = {**phones[at], "number": words}
            phones[at].pop("assured_date", None)

    return put


def _hours_of(number: str) -> Callable[[Plain, str], None]:
    def put(entry: Plain, words: str) -> None:
        phone = next(one for one in entry["phones"] if one["number"] == number)
        if words == NOTHING:
            phone.pop("description", None)
        else:
            phone["description"] = words

    return put


def _body_or_nothing(words: str) -> str:
    return words if words == NOTHING else body_of(words)


def _some_words(words: str) -> str:
    if not words:
        raise Typed("Type it, as the regulator's list shows it.")
    return words


def _must_read(path: Path) -> None:
    faults: list[Fault] = []
    if read(path, OrganisationFile, faults) is None:
        raise DataError(f"{shown_path(path)} could not be read back, so the old file stays:", faults)
