"""The sample people, user groups and channels every local workspace starts with."""

from workspace.records import BOT_USER, SLACKBOT, Channel, Group, Note, User

ANNA, RAVI, MARIE, ADMIN = "U0ANNA", "U0RAVI", "U0MARIE", "U0ADMIN"
EVERYONE = (ANNA, RAVI, MARIE, ADMIN)
FOUNDED = 1_735_689_600  # 2025-01-01T00:00:00Z, in seconds since 1970

PEOPLE = (
    User(ANNA, "anna", "Anna Peeters", "Europe/Brussels", "en-GB", "Consultant"),
    User(RAVI, "ravi", "Ravi Sharma", "Asia/Kolkata", "en-US", "Incident responder"),
    User(MARIE, "marie", "Marie Dubois", "Europe/Brussels", "fr-FR", "Manager"),
    User(ADMIN, "admin", "Ada Jansen", "Europe/Amsterdam", "en-GB", "Administrator", is_admin=True),
)


def users(bot_name: str) -> dict[str, User]:
    """Everyone by id: the sample people, Slackbot, and the app's bot under its display name."""
    bots = (
        User(BOT_USER, bot_name.lower().replace(" ", "_"), bot_name, "Etc/UTC", "en-US", is_bot=True),
        User(SLACKBOT, "slackbot", "Slackbot", "Etc/UTC", "en-US"),
    )
    return {user.id: user for user in PEOPLE + bots}


def groups() -> dict[str, Group]:
    """The two sample user groups: who answers for incidents, and who manages agreements."""
    known = (
        Group("S0RESPONDERS", "responders", "Incident responders", "On call", (RAVI, ADMIN), FOUNDED, ADMIN),
        Group("S0MANAGERS", "managers", "Managers", "Responsible for agreements", (MARIE,), FOUNDED, ADMIN),
    )
    return {group.id: group for group in known}


def channels() -> dict[str, Channel]:
    """The three sample channels, and one direct message of each person with the bot."""

    def channel(id_: str, name: str, kind: str, people: tuple[str, ...], purpose: str) -> Channel:
        note = Note(purpose, ADMIN, FOUNDED)
        return Channel(id_, name, kind, (*people, BOT_USER), ADMIN, FOUNDED, purpose=note)

    named = (
        channel("C0GENERAL", "general", "channel", EVERYONE, "Company-wide announcements and work"),
        channel("C0CONTRACTS", "contracts", "channel", EVERYONE, "Questions about our contracts"),
        channel("C0LEGAL", "legal", "group", (MARIE, ADMIN), "The legal desk"),
    )
    direct = tuple(Channel(user.replace("U0", "D0"), "", "im", (user, BOT_USER), user, FOUNDED) for user in EVERYONE)
    return {channel.id: channel for channel in named + direct}
