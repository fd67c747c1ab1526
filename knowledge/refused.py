"""The one exception whose words a person reads."""


class Refused(Exception):
    """A request that cannot be answered as it stands; the message says what was wrong and what would be right.

    ``field`` names the input that was wrong, where one is to blame, so that a form can show the sentence under it.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field
