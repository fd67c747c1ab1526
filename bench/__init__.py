"""Measurements and the training of what is shipped with the search; run as ``python -m bench.questions`` and the like."""
