"""The one lock under which the emulator's state is read and changed when several threads do so.

The HTTP endpoint holds it while it answers a request, and lets it go while a function's code runs. In process moto takes
no lock; there it only keeps the data plane's own threads apart.
"""

from __future__ import annotations

import os
import threading

STATE = threading.RLock()
# A forked child must not find it held by a thread that it doesn't have.
os.register_at_fork(before=STATE.acquire, after_in_parent=STATE.release, after_in_child=STATE.release)
