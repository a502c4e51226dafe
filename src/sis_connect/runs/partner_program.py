"""The partner program at work: what is written down, what a person asks for, and what is written down then.

Here: opening the program's folder and bringing together its log (`store.program`), its rules, the profiles and the
decisions (`partners.program`). Not here: any rule of the program, and what a person sees.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC
from functools import cache, cached_property
from typing import TYPE_CHECKING

import msgspec

from sis_connect.errors import ConfigurationError, StoreError
from sis_connect.partners.data_files import in_words, parse_toml
from sis_connect.partners.directory import Directory, load
from sis_connect.partners.program import events as ev
from sis_connect.partners.program.application import Contacts, read_application, slug
from sis_connect.partners.program.deciding import find_application
from sis_connect.partners.program.publishing import StatusPage, status_page
from sis_connect.partners.program.reviewing import Review, review
from sis_connect.partners.program.rules import ProgramRules
from sis_connect.partners.program.standing import Partner, Standing, standing_of
from sis_connect.partners.program.toml_text import write_toml
from sis_connect.store.program import LOG_FILE, ProgramLog, Record, name_of
from sis_connect.store.whole_files import replace_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from sis_connect.partners.profile import Profile
    from sis_connect.partners.program.application import Application

#: In the program's folder.
RULES_FILE = "program.toml"
PROFILES = "profiles"


class PartnerProgram:
    """The program whose log, rules and profiles lie in one folder."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        """The program in `folder`, which is made once something is written down."""
        self.folder = folder
        self.rules = _read_rules(folder / RULES_FILE)
        self._now = now
        self._log = ProgramLog(folder / LOG_FILE)

    def now(self) -> datetime:
        """The instant of this call, in UTC."""
        return self._now().astimezone(UTC)

    @cached_property
    def directory(self) -> Directory:
        """The profiles that are shipped, with those of the program's folder in their place or beside them."""
        self._restore_profiles()
        folder = self.folder / PROFILES
        shipped, own = _shipped().profiles, _own_profiles(folder)
        ids = {profile.id for profile in own}
        both = [*(profile for profile in shipped if profile.id not in ids), *own]
        both.sort(key=lambda profile: (profile.is_catch_all, profile.display_name.casefold()))
        return Directory(tuple(both))

    @cached_property
    def records(self) -> list[Record]:
        """Every entry of the log, verified; StoreError when it was lost, and drafts that were made of it were not."""
        found = self._log.records()
        drafts = self.folder / PROFILES
        if not found and any(drafts.glob("*.toml")):
            raise StoreError(
                "The program's log is empty, and there are profiles of applications that were accepted.",
                where=str(self.folder / LOG_FILE),
                fix=f"Restore the file from a backup. For a program that begins anew, move {drafts} away.",
            )
        return found

    def entries(self) -> list[ev.Entry]:
        """The same as events."""
        return [_entry(record) for record in self.records]

    @cached_property
    def standing(self) -> Standing:
        """What is so."""
        published = [
            Partner(
                slug(listing.listed_as),
                listing.listed_as,
                listing.status,
                listing.note,
                tuple(product.id for product in listing.products),
            )
            for listing in _shipped().listings()
        ]
        return standing_of(self.entries(), published)

    def partner(self, name: str) -> Partner:
        """The partner of that id or name, or of a product of that name; ConfigurationError suggests others."""
        known = self.standing.partners
        if name in known or slug(name) in known:
            return known.get(name) or known[slug(name)]
        profile = self.directory.get(name, "PARTNER")
        owners = {product: partner for partner in known.values() for product in partner.products}
        found = owners.get(profile.id)
        if found is None:
            raise ConfigurationError(
                f"{profile.display_name} has a profile and is not in the program.",
                where="PARTNER",
                fix="Its vendor applies first: `sis-connect partners apply --template`.",
            )
        return found

    def profiles_of(self, partner: Partner) -> tuple[Profile, ...]:
        """The profiles of a partner's products."""
        return tuple(self._profiles[product] for product in partner.products if product in self._profiles)

    def write(self, *events: ev.Event, by: str, because: str = "", kept: Sequence[bytes] = ()) -> list[ev.Entry]:
        """Write down what happened, all of it or nothing; StoreError when somebody else wrote in between."""
        if not by.strip():
            raise ConfigurationError(
                "Everything in the program's log has a name beside it.", where="--by", fix="Name yourself."
            )
        last = self.records[-1] if self.records else None
        contents = [ev.write_event(event) for event in events]
        added = self._log.append(contents, after=last, at=self.now(), by=by, because=because, kept=kept)
        self.records.extend(added)
        entries = [_entry(record) for record in added]
        for entry in entries:
            self.standing.take(entry)
        return entries

    def file(self, digest: str) -> bytes:
        """A file that an entry names."""
        return self._log.file(digest)

    def application(self, number: int) -> Application:
        """What a vendor sent."""
        return read_application(self.file(self.standing.applications[number].document), f"application {number}")

    def contacts(self, partner: Partner) -> Contacts:
        """Who answers at the vendor, as its accepted application says; nobody where there is none."""
        return self.application(partner.application).contacts if partner.application else Contacts()

    def review(self, application: Application) -> Review:
        """Everything there is to say about an application today."""
        return review(application, self.directory, self.now().date())

    def receive(self, content: bytes, where: str, by: str) -> tuple[ev.ApplicationReceived, Review]:
        """A vendor's application is written down, whatever is missing; ConfigurationError when it cannot be read."""
        application = read_application(content, where)
        if not application.product_id:
            raise ConfigurationError(
                "The application names no product.", where=f"{where}, product.display_name", fix="Give its name."
            )
        number = len(self.standing.applications) + 1
        event = ev.ApplicationReceived(
            number, application.product_id, application.product.display_name, name_of(content)
        )
        found = self.review(application)
        self.write(event, by=by, kept=[content])
        return event, found

    def accept(self, number: int, *, by: str, because: str) -> tuple[ev.ApplicationAccepted, Path]:
        """The application is accepted and its profile kept; ConfigurationError while something stands in the way."""
        applied = find_application(self.standing, number)
        application = self.application(number)
        found = self.review(application)
        if not found.is_ready or found.profile is None:
            first = (*found.lacking, *found.wrong)[0]
            raise ConfigurationError(
                f"Application {number} is not ready: {first.what}",
                where=first.place,
                fix=f"`sis-connect partners review {number}` lists everything; the vendor applies again.",
            )
        if found.known is not None and not because.strip():
            raise ConfigurationError(
                f"The answers would stand in place of what is known of {found.known.display_name}, by "
                f"{found.known.vendor}.",
                where="--because",
                fix="Say how you know that they come from that vendor.",
            )
        program = found.profile.program
        name = program.listed_as if program else found.profile.display_name
        partner = slug(name) or applied.product
        there = self.standing.partners.get(partner)
        if there is not None and applied.product not in there.products:
            raise ConfigurationError(
                f"{name} would be taken for {there.name}, which is a partner with other products.",
                where="product.display_name",
                fix="Let the vendor apply again with a name that tells them apart.",
            )
        text = write_toml(dict(found.content)).encode()
        event = ev.ApplicationAccepted(
            number,
            partner,
            name_of(text),
            application.sandbox.url,
            found.content["gradebook"]["supported"]["value"],
            tuple(ev.Level(one.role, one.answers_within_hours) for one in application.contacts.escalation),
        )
        self.write(event, by=by, because=because, kept=[text])
        path = self._keep_profile(applied.product, text)
        self.__dict__.pop("directory", None)
        return event, path

    def levels(self, partner: Partner) -> tuple[ev.Level, ...]:
        """The escalation path that the vendor named, or that of the rules."""
        hours = self.rules.escalation.hours
        return partner.levels or tuple(ev.Level(f"level {n}", one) for n, one in enumerate(hours, start=1))

    def status_page(self) -> StatusPage:
        """What the program publishes now."""
        last = self.records[-1] if self.records else None
        return status_page(
            self.standing.partners.values(),
            self._profiles,
            self.now(),
            entries=len(self.records),
            digest=last.digest if last else "",
        )

    def close(self) -> None:
        """Give the folder back."""
        self._log.close()

    @property
    def _profiles(self) -> dict[str, Profile]:
        return {profile.id: profile for profile in self.directory.profiles}

    def _restore_profiles(self) -> None:
        """Make missing files of accepted profiles again from the log: a process may have died before it wrote them.

        A file that is that of an earlier acceptance is replaced by the last one; what somebody changed stays.
        """
        drafts: dict[str, list[str]] = {}
        for entry in self.entries():
            if isinstance(entry.event, ev.ApplicationAccepted):
                product = self.standing.applications[entry.event.application].product
                drafts.setdefault(product, []).append(entry.event.profile)
        for product, (*earlier, last) in drafts.items():
            kept = _digest_of(self.folder / PROFILES / f"{product}.toml")
            if kept is None or (kept != last and kept in earlier):
                self._keep_profile(product, self.file(last))

    def _keep_profile(self, product: str, text: bytes) -> Path:
        path = self.folder / PROFILES / f"{product}.toml"
        try:
            path.parent.mkdir(exist_ok=True, mode=0o700)
            replace_file(path, text)
        except OSError as error:
            raise StoreError(
                f"The profile cannot be written: {error.strerror}.",
                where=str(path),
                fix="Make room, then run any command of the program: the profile is in its log.",
            ) from error
        return path


@contextmanager
def open_program(folder: Path, now: Callable[[], datetime]) -> Iterator[PartnerProgram]:
    """The program in a folder, closed with the block."""
    program = PartnerProgram(folder, now)
    try:
        yield program
    finally:
        program.close()


def _own_profiles(folder: Path) -> tuple[Profile, ...]:
    """The profiles of accepted applications; ConfigurationError names the file that cannot be read."""
    try:
        return load(folder).profiles if folder.is_dir() else ()
    except ConfigurationError as error:
        raise ConfigurationError(
            error.what,
            where=error.where if str(folder) in error.where else f"{folder}, {error.where}",
            fix=f"Delete the file to have it again as it was accepted, or mend it. {error.fix}",
        ) from error


def _digest_of(path: Path) -> str | None:
    """Under which the log would keep a file; None when it is missing, empty when whoever reads it will say why not."""
    try:
        return name_of(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError:
        return ""


@cache
def _shipped() -> Directory:
    """The profiles that come with SIS Connect."""
    return load()


def _entry(record: Record) -> ev.Entry:
    try:
        event = ev.read_event(record.content)
    except msgspec.DecodeError as error:
        raise StoreError(
            f"Entry {record.number} of the program's log was written by another version of SIS Connect.",
            fix="Use that version or a later one.",
        ) from error
    return ev.Entry(record.number, record.at, record.by, record.because, event)


def _read_rules(path: Path) -> ProgramRules:
    try:
        return msgspec.convert(parse_toml(path.read_bytes()), ProgramRules)
    except FileNotFoundError:
        return ProgramRules()
    except msgspec.ValidationError as error:
        what, place = in_words(error)
        raise _unread(f"{what[0].lower()}{what[1:]}", f"{path}, {place}" if place else str(path)) from error
    except OSError as error:
        raise _unread(error.strerror or "it is no file", str(path)) from error
    except ValueError as error:
        raise _unread(f"it {error}", str(path)) from error


def _unread(what: str, where: str) -> ConfigurationError:
    fix = "docs/partner-program.md explains every number."
    return ConfigurationError(f"The program's rules cannot be read: {what}.", where=where, fix=fix)
