"""What the contract says: documents, clauses, search, and the rules that turn words into numbers. Pure values in and out."""

from __future__ import annotations

import os

# Read when numpy is first imported, by whichever package. A question is too small to share among threads: with one for
# each core, they wait for each other many times as long as the work takes.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
