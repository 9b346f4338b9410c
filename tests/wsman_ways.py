"""The ways into a host, as pywinrm goes them: what its two versions have in common, and what they need."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import winrm
from wsman_host import Handle


@dataclass(frozen=True)
class Way:
    """How a client comes in, and the requests that it needs to: by what pywinrm does."""

    name: str
    secure: bool
    transport: str
    sign_in: dict[str, int]
    sealed: bool = False
    user: str = "admin"

    def protocol(self, host: Handle, **options: Any) -> winrm.Protocol:
        if self.transport == "certificate":
            options = dict(zip(("cert_pem", "cert_key_pem"), host.client["admin@localhost"], strict=True)) | options
        else:
            options = {"username": self.user, "password": host.password(self.user), **options}
        if self.sealed:
            options["message_encryption"] = "always"
        endpoint = host.https if self.secure else host.http
        transport: Any = self.transport
        return winrm.Protocol(endpoint, transport=transport, **{"ca_trust_path": host.ca, **options})


_CHALLENGE = {"SignIn": 2}
WAYS = [
    Way("basic-https", True, "basic", {}),
    Way("certificate-https", True, "certificate", {}),
    Way("ntlm-https", True, "ntlm", _CHALLENGE, user="CONTOSO\\Admin"),
    Way("ntlm-https-sealed", True, "ntlm", {**_CHALLENGE, "Empty": 1}, sealed=True, user="CONTOSO\\Admin"),
    Way("ntlm-http-sealed", False, "ntlm", {**_CHALLENGE, "Empty": 1}, sealed=True, user="CONTOSO\\Admin"),
]
BASIC = WAYS[0]


def run(protocol: winrm.Protocol, command: str, *arguments: str, **shell: Any) -> tuple[bytes, bytes, int]:
    """Run a command as pywinrm's own Session does."""
    shell_id = protocol.open_shell(**shell)
    command_id = protocol.run_command(shell_id, command, arguments)
    output: tuple[bytes, bytes, int] = protocol.get_command_output(shell_id, command_id)
    protocol.cleanup_command(shell_id, command_id)
    protocol.close_shell(shell_id)
    return output


def receive(protocol: winrm.Protocol, shell_id: str, command_id: str) -> Any:
    """One Receive; the method has had two names."""
    name = "get_command_output_raw" if hasattr(protocol, "get_command_output_raw") else "_raw_get_command_output"
    return getattr(protocol, name)(shell_id, command_id)


def send(protocol: winrm.Protocol, shell_id: str, command_id: str, data: bytes, *, end: bool) -> None:
    """pywinrm 0.3.0 has no Send of its own."""
    header = protocol._get_soap_header(
        resource_uri="http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd",
        action="http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Send",
        shell_id=shell_id,
    )
    stream = {"@Name": "stdin", "@CommandId": command_id, "#text": base64.b64encode(data).decode()}
    stream["@End"] = "true" if end else "false"
    envelope = {"env:Envelope": {**header, "env:Body": {"rsp:Send": {"rsp:Stream": stream}}}}
    protocol.send_message(winrm.protocol.xmltodict.unparse(envelope))


Connect = Callable[..., winrm.Protocol]


def connecting(request: pytest.FixtureRequest) -> Iterator[Connect]:
    """For a fixture: a way to make clients, whose connections are closed at the end; pywinrm leaves them open."""
    clients: list[winrm.Protocol] = []

    def connect(host: Handle, way: Way, **options: Any) -> winrm.Protocol:
        if way.transport == "ntlm":
            request.getfixturevalue("ntlm")
        clients.append(way.protocol(host, **options))
        return clients[-1]

    yield connect
    for client in clients:
        if client.transport.session is not None:
            client.transport.session.close()
