"""The process: the only place that knows everything."""

import sys

# sqlite_utils imports numpy where it is installed, for the types of its numbers; none of those are stored here, and the import
# takes longer than most commands. None among the modules is how Python says that one is not to be had.
_numpy = sys.modules.get("numpy")
sys.modules["numpy"] = None  # type: ignore[assignment]  # None says: not to be had
import sqlite_utils  # noqa: E402, F401 - not at the top: what stands above must come first

if _numpy is None:
    del sys.modules["numpy"]
else:
    sys.modules["numpy"] = _numpy
