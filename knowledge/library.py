"""The documents that can be quoted: those built in and the versions added later, each checked against its hash."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property, lru_cache, partial
from pathlib import Path
from typing import Any

from knowledge.clauses import Document
from knowledge.parser import Layout, TableLayout, decode, parse
from knowledge.references import definitions, references
from knowledge.refused import Refused

FOLDER = Path(__file__).parent / "documents"

# The owner of an added document of which nobody said whose it is.
NOBODY = "unknown"
_KEYS = {"ref", "title", "owner", "origin", "language", "version", "effective", "sha256"}
_OPTIONAL_KEYS = {"note", "notes", "modules", "tables", "labels", "blocks", "outside"}
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,39}")


@dataclass(frozen=True)
class Added:
    """A version that was added after the fact, as it is stored: the exact text and what was said about it."""

    slug: str
    version: str
    effective: date | None
    title: str
    owner: str
    origin: str
    text: str


@dataclass(frozen=True, eq=False)
class Library:
    """Every version of every document, the oldest first within a document; versions without a date come before all.

    ``problems`` says of each text that could not be taken in what was wrong with it.
    """

    documents: tuple[Document, ...]
    problems: tuple[str, ...] = ()

    @cached_property
    def slugs(self) -> tuple[str, ...]:
        """The documents' slugs, in the order in which they were taken in."""
        return tuple(dict.fromkeys(document.slug for document in self.documents))

    def versions(self, slug: str) -> tuple[Document, ...]:
        """All versions of one document; Refused, naming those there are, where the slug is unknown."""
        found = self._by_slug.get(slug.lower())
        if not found:
            raise Refused(f"There is no document {slug!r}; there are: {', '.join(self.slugs)}.")
        return found

    @cached_property
    def _by_slug(self) -> Mapping[str, tuple[Document, ...]]:
        return {slug: tuple(d for d in self.documents if d.slug == slug) for slug in self.slugs}

    def document(self, slug: str, version: str | None = None, on: date | None = None) -> Document:
        """One version: the one named, or the one in force on a day, or the latest.

        A version whose effective date is unknown is taken to be in force until the first dated one.
        """
        versions = self.versions(slug)
        if version is not None:
            named = [document for document in versions if document.version == version]
            if not named:
                there_are = ", ".join(document.version for document in versions)
                raise Refused(f"{versions[0].ref} has no version {version!r}; there are: {there_are}.")
            return named[0]
        if on is None:
            return versions[-1]
        in_force = [document for document in versions if _begun(document, on)]
        if not in_force:
            first = versions[0].effective
            raise Refused(f"No version of {versions[0].ref} was in force on {on}; the first is of {first}.")
        return in_force[-1]

    def in_force(self, on: date | None = None) -> tuple[Document, ...]:
        """The version of each document in force on a day (the latest where no day is given); none that begins later."""
        begun = ([d for d in versions if on is None or _begun(d, on)] for versions in self._by_slug.values())
        return tuple(versions[-1] for versions in begun if versions)

    def quoting(self, ref: str) -> Document:
        """The latest version of the document that a ref such as ``ITQ 7.3`` names."""
        name = ref.split(" ", 1)[0].upper()
        for document in reversed(self.documents):
            if document.ref == name:
                return document
        raise Refused(f"There is no document {name!r}; there are: {', '.join(self.slugs)}.")


def _begun(document: Document, on: date) -> bool:
    return document.effective is None or document.effective <= on


@dataclass(frozen=True)
class _Description:
    ref: str
    title: str
    owner: str
    origin: str
    language: str
    version: str
    effective: date | None
    sha256: str
    note: str
    notes: Mapping[str, str]
    layout: Layout
    module_names: Mapping[str, str]


def load(added: Iterable[Added] = ()) -> Library:
    """The built-in documents and the added versions. One that is unsound is left out and named among the problems."""
    documents: list[Document] = []
    problems: list[str] = []
    folders = sorted((path for path in FOLDER.iterdir() if path.is_dir()), reverse=True)
    for read_one in [
        *(partial(_from_folder, folder) for folder in folders),
        *(partial(read, one) for one in added),
    ]:
        try:
            documents.append(read_one())
        except Refused as refused:
            problems.append(str(refused))
    order = {slug: at for at, slug in enumerate(dict.fromkeys(document.slug for document in documents))}
    documents.sort(key=lambda document: (order[document.slug], document.effective or date.min))
    return Library(tuple(documents), tuple(problems))


@lru_cache(maxsize=64)
def read(added: Added) -> Document:
    """An added version as a document; layout and names are those of the built-in document with its slug, if any.

    It is the same document each time it is taken in, each day and for each workspace, with all that was found out about it.
    """
    if not _SLUG.fullmatch(added.slug):
        raise Refused(f"{added.slug!r} is no document name; use small letters, digits and dashes, as in 'itq'.")
    folder = FOLDER / added.slug
    plain = _Description(
        added.slug.upper(),
        added.title,
        added.owner,
        added.origin,
        "en",
        added.version,
        None,
        "",
        "",
        {},
        Layout(),
        {},
    )
    description = _describe(folder) if folder.is_dir() else plain
    return _document(
        added.slug,
        replace(
            description,
            title=added.title or description.title or added.slug,
            owner=added.owner or description.owner or NOBODY,
            origin=added.origin,
            version=added.version,
            effective=added.effective,
            sha256=hashlib.sha256(added.text.encode()).hexdigest(),
            note="",
            notes={},
        ),
        added.text,
    )


@cache
def _from_folder(folder: Path) -> Document:
    description = _describe(folder)
    raw = (folder / "text.txt").read_bytes()
    if hashlib.sha256(raw).hexdigest() != description.sha256:
        raise Refused(f"{folder.name}/text.txt is not the text that document.toml describes: its SHA-256 differs.")
    return _document(folder.name, description, decode(raw))


def _document(slug: str, description: _Description, text: str) -> Document:
    parsed = parse(text, description.ref, description.layout)
    return Document(
        slug=slug,
        ref=description.ref,
        title=description.title,
        owner=description.owner,
        origin=description.origin,
        language=description.language,
        version=description.version,
        effective=description.effective,
        sha256=description.sha256,
        note=description.note,
        notes=description.notes,
        source=text,
        modules=parsed.modules,
        outside=parsed.outside,
        definitions=definitions(parsed.modules),
        references=references(parsed.modules, description.module_names, description.ref),
    )


@cache
def _describe(folder: Path) -> _Description:
    table = tomllib.loads((folder / "document.toml").read_text(encoding="utf-8"))
    if missing := _KEYS - table.keys():
        raise Refused(f"{folder.name}/document.toml lacks {', '.join(sorted(missing))}.")
    if unknown := table.keys() - _KEYS - _OPTIONAL_KEYS:
        raise Refused(f"{folder.name}/document.toml has unknown keys: {', '.join(sorted(unknown))}.")
    modules: dict[str, Any] = table.get("modules", {})
    return _Description(
        ref=table["ref"],
        title=table["title"],
        owner=table["owner"],
        origin=table["origin"],
        language=table["language"],
        version=table["version"],
        effective=None if table["effective"] == "unknown" else table["effective"],
        sha256=table["sha256"],
        note=table.get("note", ""),
        notes=table.get("notes", {}),
        layout=_layout(table, modules),
        module_names={name: slug for slug, module in modules.items() for name in module["names"]},
    )


def _layout(table: Mapping[str, Any], modules: Mapping[str, Any]) -> Layout:
    return Layout(
        modules={module["heading"]: slug for slug, module in modules.items()},
        tables=tuple(
            TableLayout(entry["clause"], tuple(entry["columns"]), re.compile(entry["row"]))
            for entry in table.get("tables", ())
        ),
        labels={number: tuple(labels) for number, labels in table.get("labels", {}).items()},
        blocks=tuple(table.get("blocks", ())),
        outside=frozenset(table.get("outside", ())),
    )
