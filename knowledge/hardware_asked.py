"""What is asked when something happens to Hardware: one declaration gives the form, its checks and what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from knowledge import hardware, money
from knowledge.fields import Field

PERSONAL_DATA = ("no", "yes", "perhaps", "not known")
ATTACHMENTS = ("attachment by creditors", "rights of a third party", "suspected seizure", "creditors cannot be paid")
PROOFS = ("copy of the policy", "proof of premium payment")

TAGS = Field(
    "lines",
    "Asset tags",
    "one or many, a line each; or an agreement, for all that is out under it",
    name="tags",
    required=True,
)
ON = Field("date", "On which day", today=True, name="on", required=True)
WORDS = Field("lines", "Remarks", name="words")
HAPPENED = Field("lines", "What happened", "as the Client reports it", "33.3", name="words", required=True)
REFERENCE = Field("text", "Police or insurer's reference", "", "33.4", name="reference")
DATA = Field(
    "choice",
    "Was personal data on it?",
    "if it was or may be, a breach report follows",
    "43.1",
    "",
    PERSONAL_DATA,
    name="personal_data",
    required=True,
)
ENDED = Field("date", "Rental ended on", "only if another day than the agreement's", "35.1", name="ended")

_LOSS = (HAPPENED, DATA, REFERENCE)
_CHECKED = tuple(hardware.house()["conditions"])
PARTS = tuple(
    Field("choice", label, choices=_CHECKED, name=f"part_{part}", default="as delivered")
    for part, label in hardware.house()["checklist"].items()
)
"""The checklist of an inspection, a condition each."""


def cost(kind: str) -> Field:
    """The input for one kind of cost, with the clause that makes the Client pay it."""
    known = hardware.house()["costs"][kind]
    hint = "excluding VAT, for all these items together"
    return Field("money", known["label"], hint, known["clause"], "EUR", least=0, name=f"cost_{kind}")


FORMS: Mapping[str, tuple[Field, ...]] = {
    "deliver": (
        Field("text", "Place", "the agreed address, where it is another", "29.4", name="place"),
        Field("user", "Holder", "who has it; is asked once a year", name="holder"),
        WORDS,
    ),
    "use": (Field("user", "Holder", "who has it; is asked once a year", name="holder"), WORDS),
    "lose": _LOSS,
    "steal": _LOSS,
    "damage": _LOSS,
    "end": (WORDS,),
    "call": (Field("lines", "Instructions for the return", "", "35.1", name="instructions", required=True),),
    "return": (
        ENDED,
        cost("shipping"),
        cost("shipment_insurance"),
        Field("yes-no", "Was the shipment insured?", clause="35.2", name="insured"),
        Field("yes-no", "Was it adequately packed?", clause="35.2", name="packed"),
        Field("text", "Missing parts", "what did not come back with it", "35.3", name="missing"),
        WORDS,
    ),
    "inspect": (*PARTS, *(cost(kind) for kind in ("repair", "replacement", "changes", "parts")), WORDS),
    "write-off": (Field("lines", "Why", name="words", required=True), cost("loss")),
    "attach": (
        Field("choice", "What is reported?", "", "34.3", "", ATTACHMENTS, name="what", required=True),
        Field("text", "By whom, against whom", "who claims it, in which dispute", "34.3", name="who"),
        Field("text", "Where the Hardware is", "ITQ may enter and take it back", "34.3", name="place"),
        Field("yes-no", "Did the Client tell us in writing?", "", "34.3", name="written"),
        WORDS,
    ),
    "lift": (Field("lines", "What ended it", name="words", required=True),),
    "insure": (
        Field("choice", "What was given", "", "33.6", "", PROOFS, name="what", required=True),
        Field("date", "Insured until", "", "33.4", name="until", required=True),
        Field("yes-no", "Is ITQ beneficiary or co-insured?", "or the claim assigned", "33.5", name="beneficiary"),
        WORDS,
    ),
    "hand-over": (Field("user", "New holder", name="holder", required=True), WORDS),
    "note": (Field("lines", "Note", name="words", required=True),),
}
"""What is asked besides the tags and the day, by what happens."""
LABELS = {move.name: move.label for move in hardware.MOVES.values()} | {
    "attach": "Attachment or seizure",
    "lift": "Attachment lifted",
    "insure": "Insurance proved",
    "hand-over": "Handed over",
    "note": "Note",
}
WITH_PHOTOS = ("return", "inspect", "damage", "deliver")
MANAGED = ("write-off", "end", "call", "lift", "insure")
"""What takes a manager."""


def fields(kind: str) -> tuple[Field, ...]:
    """Every input of a form, the tags and the day first."""
    return (TAGS, ON, *FORMS[kind])


def kept(kind: str, values: Mapping[str, Any], count: int) -> list[dict[str, Any]]:
    """What is kept of a form about ``count`` items as JSON values, for each of them; costs have their clauses.

    A cost is that of all the items together, such as one shipment's: they share it evenly, adding up to the cent.
    """
    sums = {
        name.removeprefix("cost_"): money.shares(money.cents(value), [Decimal(1)] * count)
        for name, value in values.items()
        if name.startswith("cost_")
    }
    conditions = {name.removeprefix("part_"): value for name, value in values.items() if name.startswith("part_")}
    said: dict[str, Any] = {
        name: value if isinstance(value, bool) else str(value)
        for name, value in values.items()
        if name not in ("tags", "on", "ended") and not name.startswith(("cost_", "part_"))
    }
    said |= {"conditions": conditions} if conditions else {}
    each = [hardware.costs({cost: shares[at] for cost, shares in sums.items()}, kind) for at in range(count)]
    return [said | ({"costs": list(costs)} if costs else {}) for costs in each]


def breach(kind: str, values: Mapping[str, Any]) -> bool:
    """Whether a report of loss, theft or damage is one of a possible data breach, too."""
    return kind in ("lose", "steal", "damage") and values.get("personal_data") in ("yes", "perhaps", "not known")
