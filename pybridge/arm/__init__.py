"""Azure Resource Manager: asked and told, in ARM's JSON and in nouns of our own.

client.py        ArmClient: get, list page by page, send, change and wait, read-merge-write
sending.py       one exchange: the token, the attempts, a fresh token where one is turned down
ahead.py         the next pages of a list, asked for while one is worked on
longrunning.py   what to ask next about a change that ARM has taken on; no I/O
merging.py       read, merge, write, and never drop what another has added
answers.py refusals.py redaction.py paths.py   what is said, what a no means, what may be shown, where things are; pure
compute.py groups.py roles.py identities.py   what is asked about VMs, groups and resources, roles, identities
machineidentity.py machineupdate.py           what to send to change a VM, and lose nothing of it; pure
machines.py nouns.py   how ARM's JSON becomes one of our nouns; pure
ids.py wildcards.py payload.py   resource IDs, names that stand for many, and JSON that a user wrote; pure
"""

from __future__ import annotations

from .answers import ArmAnswer
from .client import ArmClient
from .longrunning import Progress
from .paths import segment
from .refusals import no_subscription

__all__ = ["ArmAnswer", "ArmClient", "Progress", "no_subscription", "segment"]
