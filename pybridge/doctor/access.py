"""Who may read the keys of Azure Arc's agent."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NamedTuple

GROUP = "himds"


class Access(NamedTuple):
    """What stands between this process and the keys.

    Attributes:
        there: Whether the folder is there.
        readable: Whether this process may read in it.
        member: Whether its user is in the agent's group by now, which counts from the next sign-in on.
    """

    there: bool
    readable: bool
    member: bool = False


if sys.platform == "win32":

    def look(folder: str) -> Access:
        """What this process may do with the folder of the keys."""
        try:
            os.scandir(folder).close()
        except FileNotFoundError:
            return Access(there=False, readable=False)
        except OSError:
            return Access(there=True, readable=False)
        return Access(there=True, readable=True)

else:

    def look(folder: str) -> Access:
        """What this process may do with the folder of the keys."""
        there = Path(folder).is_dir()
        return Access(there, there and os.access(folder, os.X_OK), _is_member())

    def _is_member() -> bool:
        import grp
        import pwd

        try:
            return pwd.getpwuid(os.geteuid()).pw_name in grp.getgrnam(GROUP).gr_mem
        except KeyError:
            return False
