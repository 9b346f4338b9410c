"""The same as sign-in.ps1 from Python: a token of this VM's managed identity, and what it lets us see.

pybridge emulate -- python examples/sign_in.py
"""

from __future__ import annotations

import sys

from pybridge import ArmClient, ManagedIdentityCredential, PyBridgeError


def main(group: str = "myResourceGroup", name: str = "myVM") -> int:
    credential = ManagedIdentityCredential()
    try:
        token = credential.get_token("https://management.azure.com/")
        print(f"A token of {len(token.token)} characters came from {token.source}.")
        arm = ArmClient(credential)
        machine = arm.virtual_machine(group, name)
        principal = machine.identity.principal_id if machine.identity else "no identity"
        print(f"{machine.name} in {machine.location} has the service principal {principal}.")
        print(f"VMs in sight: {', '.join(vm.name for vm in arm.virtual_machines())}.")
    except PyBridgeError as exc:
        print(f"{exc}\n{exc.remedy or ''}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
