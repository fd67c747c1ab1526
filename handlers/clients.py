"""How clients are called, for questions in which their names mean no more than 'the client'."""

from __future__ import annotations

from sqlite_utils import Database

from knowledge.search.asking import Names
from storage import agreements


class Clients:
    """The names of all clients and the short names of their agreements, as they stand; only what is new is read again."""

    def __init__(self) -> None:
        self._read_to = 0
        self._by_slug: dict[str, str] = {}
        self._names = Names()

    def names(self, db: Database) -> Names:
        """The names that the database holds; ``db`` must see nothing that may still be taken back."""
        if agreements.latest(db) < self._read_to:
            # Rows were erased: begin anew.
            self._read_to, self._by_slug, self._names = 0, {}, Names()
        for number, slug, client in agreements.clients_since(db, self._read_to):
            if (before := self._by_slug.get(slug)) is None:
                self._names.add(slug)
            else:
                self._names.drop(before)
            self._names.add(client)
            self._by_slug[slug], self._read_to = client, number
        return self._names
