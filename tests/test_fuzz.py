"""A little strange input at every place where input comes in; bench/fuzz.py throws more."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.fuzz import TARGETS, Target, give
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


def test_a_refusal_without_a_word_is_a_finding() -> None:
    def silent(_: object) -> object:
        raise Refused(" ")

    with pytest.raises(AssertionError, match="without a word"):
        give(Target("x", lambda by: by, silent), Random(0))
