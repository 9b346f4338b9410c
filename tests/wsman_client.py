"""A client of the test hosts by hand: message by message, and no library between."""

from __future__ import annotations

import base64
import http.client
import re
import ssl
import uuid
from dataclasses import dataclass
from typing import Any

from support import GUARD
from wsman_host import Handle

SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
CONFIG = "http://schemas.microsoft.com/wbem/wsman/1/config"

#: Prefixes that no client uses, as a host goes by namespaces.
FRAME = (
    '<E:Envelope xmlns:E="http://www.w3.org/2003/05/soap-envelope" xmlns:q="{addressing}" '
    'xmlns:m="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns="{shell}"><E:Header>'
    "<q:To>http://elsewhere/wsman</q:To><q:Action>{action}</q:Action><q:MessageID>uuid:{id}</q:MessageID>"
    "<m:ResourceURI>{resource}</m:ResourceURI><m:OperationTimeout>PT{timeout}S</m:OperationTimeout>{more}"
    "</E:Header><E:Body>{body}</E:Body></E:Envelope>"
)


@dataclass(frozen=True)
class Said:
    """An answer."""

    status: int
    text: str

    @property
    def code(self) -> int | None:
        """The fault's, by either of the names that Windows gives it."""
        found = re.search(r'<f:WSManFault [^>]*Code="(\d+)"|error_Code>(\d+)<', self.text)
        return int(found[1] or found[2]) if found else None

    @property
    def exit_code(self) -> int | None:
        found = re.search(r"ExitCode>(\d+)<", self.text)
        return int(found[1]) if found else None

    def stream(self, name: str = "stdout") -> bytes:
        pieces = re.findall(rf'<rsp:Stream Name="{name}" CommandId="[^"]+">([^<]*)<', self.text)
        return b"".join(map(base64.b64decode, pieces))

    def __getitem__(self, name: str) -> str:
        found = re.search(rf"<(?:\w+:)?{name}>([^<]*)</", self.text)
        assert found is not None, self.text
        return found[1]


class Client:
    """A client by hand, over https with Basic."""

    def __init__(self, host: Handle, user: str = "admin") -> None:
        self.host = host
        login = base64.b64encode(f"{user}:{host.password(user)}".encode()).decode()
        self._headers = {"Authorization": f"Basic {login}", "Content-Type": "application/soap+xml;charset=UTF-8"}
        self._line: http.client.HTTPSConnection | None = None

    def post(self, body: bytes) -> Said:
        if self._line is None:
            trust = ssl.create_default_context(cafile=self.host.ca)
            self._line = http.client.HTTPSConnection("127.0.0.1", self.host.https_port, context=trust, timeout=GUARD)
        try:
            self._line.request("POST", "/wsman", body, self._headers)
            answer = self._line.getresponse()
            return Said(answer.status, answer.read().decode())
        except Exception:
            self.close()
            raise

    def ask(self, action: str, body: str = "", *, shell: str = "", resource: str = "", timeout: float = 20) -> Said:
        more = f'<m:SelectorSet><m:Selector Name="ShellId">{shell}</m:Selector></m:SelectorSet>' if shell else ""
        filled = {"addressing": "http://schemas.xmlsoap.org/ws/2004/08/addressing", "shell": SHELL, "id": uuid.uuid4()}
        filled |= {"action": action, "resource": resource or f"{SHELL}/cmd", "timeout": timeout}
        return self.post(FRAME.format(**filled, more=more, body=body).encode())

    def create(self, more: str = "") -> Said:
        streams = "<InputStreams>stdin</InputStreams><OutputStreams>stdout stderr</OutputStreams>"
        return self.ask(f"{TRANSFER}/Create", f"<Shell>{more}{streams}</Shell>")

    def shell(self) -> str:
        return self.create()["ShellId"]

    def command(self, shell: str, line: str) -> Said:
        text = line.replace("&", "&amp;").replace("<", "&lt;")
        return self.ask(f"{SHELL}/Command", f"<CommandLine><Command>{text}</Command></CommandLine>", shell=shell)

    def start(self, line: str) -> tuple[str, str]:
        shell = self.shell()
        return shell, self.command(shell, line)["CommandId"]

    def receive(self, shell: str, command: str, **options: Any) -> Said:
        body = f'<Receive><DesiredStream CommandId="{command}">stdout stderr</DesiredStream></Receive>'
        return self.ask(f"{SHELL}/Receive", body, shell=shell, **options)

    def send(self, shell: str, command: str, data: bytes, *, end: str = "", **options: Any) -> Said:
        text = base64.b64encode(data).decode()
        stream = f'<Stream Name="stdin" CommandId="{command}" {end}>{text}</Stream>'
        return self.ask(f"{SHELL}/Send", f"<Send>{stream}</Send>", shell=shell, **options)

    def signal(self, shell: str, command: str, code: str = "terminate") -> Said:
        body = f'<Signal CommandId="{command}"><Code>{SHELL}/signal/{code}</Code></Signal>'
        return self.ask(f"{SHELL}/Signal", body, shell=shell)

    def delete(self, shell: str) -> Said:
        return self.ask(f"{TRANSFER}/Delete", shell=shell)

    def output(self, shell: str, command: str) -> tuple[bytes, int]:
        """All of it, up to the end."""
        output = b""
        while (said := self.receive(shell, command)).exit_code is None:
            assert said.status == 200, said.text
            output += said.stream()
        return output + said.stream(), said.exit_code

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None
