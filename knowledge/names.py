"""Companies' names as people write them."""

from __future__ import annotations

import re

_FORM = re.compile(
    r"[\s,]+(?:\(.*\)|(?:nv|bv|bvba|srl|sprl|sa|sas|sarl|ltd|llc|inc|plc|gmbh|ag|vzw|asbl|n\.v|b\.v|s\.a)\b\.?).*$",
    re.IGNORECASE,
)


def written(name: str) -> set[str]:
    """A name as it is registered and without its legal form ('Acme', of 'Acme NV'); what is too short to be told from
    other words is left out."""
    return {short for short in (name.strip(), _FORM.sub("", name).strip()) if len(short) > 2}
