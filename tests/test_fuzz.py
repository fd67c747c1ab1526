"""A little strange input at every place where input comes in; bench/fuzz.py throws more."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.fuzz import TARGETS, Target, give
from bench.guided import Led
from knowledge.refused import Refused


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(by=st.randoms(use_true_random=False))
def test_strange_input_is_answered_or_refused(target: Target, by: Random) -> None:
    give(target, by)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_plain_chance_too(target: Target) -> None:
    for number in range(150):
        give(target, Random(number))


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_bytes_decide_what_a_target_is_given(target: Target) -> None:
    """As a guided fuzzer hands them over: the same ones make the same input, and where they end it ends."""
    for told in (b"", b"\0", b"\xff" * 50, bytes(range(256)) * 8):
        assert repr(target.make(Led(told))) == repr(target.make(Led(told)))
        give(target, Led(told))
    assert Led(b"\x01\x02").getrandbits(24) == 0x0102, "they end, and zeros follow"


def test_a_refusal_without_a_word_is_a_finding() -> None:
    def silent(_: object) -> object:
        raise Refused(" ")

    with pytest.raises(AssertionError, match="without a word"):
        give(Target("x", lambda by: by, silent), Random(0))
