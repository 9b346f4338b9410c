"""What is done on one host: jobs for a `Fleet`. Each stands at the top of this module, and takes plain values.

    for outcome in Fleet(hosts).map(whoami): ...

Each opens its own connection and its own shell, and leaves neither. A failure is an error of ours that names the host.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from .cache import TokenCache
from .credential import ManagedIdentityCredential
from .fleet import current_stop
from .hosts import Host
from .identity import who_am_i
from .models import AccessToken, ManagedIdentityId
from .remote import Record, ScriptResult, WinRMTransport, run_script, stopping
from .resources import Check, ManagedIdentity

ARM = "https://management.azure.com/"

#: Characters of what a script says that are kept, where nobody hears them as they come: there may be a thousand hosts.
_KEPT = 1 << 20


def token(
    host: Host,
    *,
    resource: str = ARM,
    client_id: str | None = None,
    object_id: str | None = None,
    resource_id: str | None = None,
    source: str | None = None,
    cloud: str | None = None,
) -> AccessToken:
    """A token of the host's managed identity, asked for there.

    Args:
        resource: What it is for.
        client_id: Names a user-assigned identity; so do `object_id` and `resource_id`.
        source: The name of a source; None for the one that is found there.
        cloud: The cloud, "AzureCloud" by default.
    """
    identity = ManagedIdentityId(client_id, object_id, resource_id)
    with _credential(host, identity, source, cloud) as credential:
        return credential.get_token(resource)


def whoami(
    host: Host,
    *,
    resource: str = ARM,
    client_id: str | None = None,
    object_id: str | None = None,
    resource_id: str | None = None,
    source: str | None = None,
    cloud: str | None = None,
) -> ManagedIdentity:
    """Whose tokens come to the host, and from which source. The token itself stays with us. See `token`."""
    identity = ManagedIdentityId(client_id, object_id, resource_id)
    with _credential(host, identity, source, cloud) as credential:
        return who_am_i(credential, resource)


def examine(
    host: Host,
    *,
    client_id: str | None = None,
    object_id: str | None = None,
    resource_id: str | None = None,
    source: str | None = None,
    cloud: str | None = None,
) -> tuple[Check, ...]:
    """The checklist of why there is no token, gone through on the host; the verdict comes last. See `token`."""
    from . import doctor  # it imports much
    from .transport import HttpsTransport

    https = HttpsTransport()
    try:
        with stopping(current_stop()), WinRMTransport(host) as transport:
            transport.sign_in()
            machine = doctor.machine_at(transport, https=https, limit=host.timeout)
            identity = ManagedIdentityId(client_id, object_id, resource_id)
            return tuple(doctor.examine(machine, source=source, identity=identity, cloud=cloud))
    finally:
        https.close()


def run(
    host: Host,
    *,
    script: str,
    arguments: Mapping[str, str] | None = None,
    on_record: Callable[[Record], None] | None = None,
) -> ScriptResult:
    """Run a PowerShell script on the host, in a process of its own.

    Args:
        script: Its text.
        arguments: What it gets for its parameters.
        on_record: Is called with each record as it comes; it cannot travel to another process.
    """
    keep = {} if on_record is not None else {"keep": _KEPT}
    with stopping(current_stop()):
        return run_script(host, script, arguments=arguments or {}, on_record=on_record, **keep)


@contextmanager
def _credential(
    host: Host, identity: ManagedIdentityId, source: str | None, cloud: str | None
) -> Iterator[ManagedIdentityCredential]:
    """The credential of a host, which shares its tokens with nobody."""
    with stopping(current_stop()):
        transport = WinRMTransport(host)
        try:
            transport.sign_in()  # the deadline is the host's: a slow password is not its fault
            yield ManagedIdentityCredential(
                **identity._asdict(),
                source=source,
                cloud=cloud,
                transport=transport,
                tokens=TokenCache(),
                deadline=host.timeout,
            )
        finally:
            transport.close()
