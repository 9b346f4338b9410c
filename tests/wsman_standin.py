"""Many stand-ins for WinRM hosts in one process, for benchmarks: no shell stands behind them. They wait, and answer.

    python tests/wsman_standin.py --hosts 200 --seconds 0.5

It prints a line of JSON with their ports and with who may come in, another with what was counted for each line that it
reads, and ends with its input. They speak NTLM with message encryption over http, and refuse what comes in the clear.

Every command takes its seconds from when it was started, and then has ended well with a line of output. A bootstrap
that is asked by stdin, as pybridge does, answers as one would that has run a script well.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import re
import resource
import struct
import sys
import tempfile
import uuid
from collections import Counter
from pathlib import Path

import spnego
from spnego._ntlm_raw.crypto import ntowfv1

USER, PASSWORD = "vagrant", "vagrant-1"
#: What a command of theirs prints.
OUTPUT = b"stand-in\r\n"
_PLAIN = "application/soap+xml;charset=UTF-8"
_SEALED = 'multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";boundary="Encrypted Boundary"'
_SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
_TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
_WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
_ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"

#: No parser of XML: it would be most of what they do.
_ACTION = re.compile(rb"Action[^>]*>\s*[^<]*/(\w+)\s*</")
_MESSAGE_ID = re.compile(rb"MessageID[^>]*>\s*([^<]+?)\s*</")
_SHELL_ID = re.compile(rb"Selector[^>]*ShellId[^>]*>\s*([^<]+?)\s*</")
_COMMAND_ID = re.compile(rb"CommandId=\"([^\"]+)\"")
_TIMEOUT = re.compile(rb"OperationTimeout[^>]*>\s*PT([0-9.]+)S\s*</")
_STREAM = re.compile(rb"<(?:\w+:)?Stream([^>]*?)(?:/>|>([^<]*)</)")

#: What `frames.question` makes: the nonce of the answer and the lengths of two texts. In one that is to run a
#: script, the nonce of its records.
_QUESTION = re.compile(rb"([0-9a-f]{32}) (\d+) (\d+)\n")
_RECORDS = re.compile(rb'"nonce": ?"([0-9a-f]{32})"')

#: Seconds that a timer is late by, in the mean: epoll counts in whole milliseconds, and asyncio rounds up.
_LATE = 0.0005


class Command:
    """A command that runs, as far as anybody can tell.

    One that is asked by stdin is pybridge's bootstrap: it answers each question with an empty object, and ends with its
    input; where a script is to be run, it tells what that has said.
    """

    def __init__(self, seconds: float) -> None:
        self.ends = asyncio.get_running_loop().time() + seconds
        self.done = True
        self._stdin = bytearray()
        self._output = OUTPUT

    def feed(self, data: bytes, end: bool) -> None:
        """Take what comes by stdin. Questions must be ASCII here: their lengths are those of UTF-16."""
        self._stdin += data
        head = _QUESTION.match(self._stdin)
        if head is None:
            return
        if self._output == OUTPUT:
            self._output, self.done = b"", False
        size = head.end() + int(head[2]) + int(head[3])
        if len(self._stdin) < size:
            return
        records = _RECORDS.search(self._stdin, size - int(head[3]), size)
        if records is not None:
            line = base64.b64encode(OUTPUT.strip())
            self._output += b"%b 0 output %b\n%b 1 end \n" % (records[1], line, records[1])
        else:
            self._output += head[1] + b"+2:{}" + head[1] + b"\n"
        self.done = end or records is not None
        del self._stdin[:size]

    def output(self) -> bytes:
        """What has come since the last time."""
        found, self._output = self._output, b""
        return found


class Hosts:
    """All of them, and what was counted."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.shells: dict[bytes, dict[bytes, Command]] = {}
        self.requests: Counter[str] = Counter()
        self.peak = 0
        self.stdin = 0
        self.largest = 0

    def counted(self) -> dict[str, object]:
        """Since the last look: requests by action, the most shells open at once; and the shells that are open now."""
        found = {
            "requests": dict(self.requests),
            "peak": self.peak,
            "open": len(self.shells),
            "stdin": self.stdin,
            "largest": self.largest,
        }
        self.requests.clear()
        self.peak = self.stdin = self.largest = 0
        return found


class Connection(asyncio.Protocol):
    """A client's connection to one of them: HTTP, NTLM, and what is asked."""

    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts
        self._read = bytearray()
        self._context: spnego.ContextProxy | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def data_received(self, data: bytes) -> None:
        self._read += data
        while (end := self._read.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._read[:end]).decode("latin-1")
            length = re.search(r"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
            size = end + 4 + (int(length[1]) if length else 0)
            if len(self._read) < size:
                return
            body = bytes(self._read[end + 4 : size])
            del self._read[:size]
            self._request(head, body)

    # --- who it is -----------------------------------------------------------------------------------

    def _request(self, head: str, body: bytes) -> None:
        token = re.search(r"\r\nauthorization: *(?:negotiate|ntlm) +(\S+)", head, re.IGNORECASE)
        if token is not None:
            self._sign_in(base64.b64decode(token[1]), body)
        elif self._context is None or not self._context.complete:
            self._hosts.requests["401"] += 1
            self._send(401, b"", "WWW-Authenticate: Negotiate")
        else:
            self._sealed(body)

    def _sign_in(self, token: bytes, body: bytes) -> None:
        if self._context is None or self._context.complete:
            self._context = spnego.server(protocol="ntlm", options=spnego.NegotiateOptions.use_ntlm)
        try:
            answer = self._context.step(token)
        except spnego.exceptions.SpnegoError:
            self._context = None
            self._hosts.requests["401"] += 1
            self._send(401, b"", "WWW-Authenticate: Negotiate")
            return
        if answer:
            self._hosts.requests["401"] += 1
            self._send(401, b"", f"WWW-Authenticate: Negotiate {base64.b64encode(answer).decode()}")
        elif body:
            self._sealed(body)
        else:
            self._hosts.requests["empty"] += 1
            self._send(200, b"")

    def _sealed(self, body: bytes) -> None:
        assert self._context is not None
        mark = b"Content-Type: application/octet-stream\r\n"
        begin = body.find(mark)
        if begin < 0:
            self._hosts.requests["refused"] += 1
            self._send(400, b"")  # in the clear
            return
        content = body[begin + len(mark) : body.rfind(b"--Encrypted Boundary")]
        (signed,) = struct.unpack("<i", content[:4])
        message = self._context.unwrap_winrm(content[4 : 4 + signed], content[4 + signed :])
        self._hosts.largest = max(self._hosts.largest, len(message))
        self._soap(message)

    # --- what is asked -------------------------------------------------------------------------------

    def _soap(self, message: bytes) -> None:
        action, message_id = _found(_ACTION, message).decode(), _found(_MESSAGE_ID, message)
        self._hosts.requests[action] += 1
        hosts, shell_id = self._hosts, _found(_SHELL_ID, message)
        if action == "Create":
            shell_id = _new_id()
            hosts.shells[shell_id] = {}
            hosts.peak = max(hosts.peak, len(hosts.shells))
            self._answer(f"{_TRANSFER}/Create", message_id, _created(shell_id.decode()))
            return
        shell = hosts.shells.get(shell_id)
        command = None if shell is None else shell.get(_found(_COMMAND_ID, message))
        if shell is None or (command is None and action not in ("Command", "Delete")):
            self._fault(message_id, 2150858843, "no such shell or command")
        elif action == "Command":
            command_id = _found(_COMMAND_ID, message) or _new_id()
            shell[command_id] = Command(hosts.seconds)
            body = f"<rsp:CommandResponse><rsp:CommandId>{command_id.decode()}</rsp:CommandId></rsp:CommandResponse>"
            self._answer(f"{_SHELL}/Command", message_id, body)
        elif action == "Receive" and command is not None:
            self._receive(message_id, _found(_COMMAND_ID, message), command, float(_found(_TIMEOUT, message) or 60))
        elif action == "Send" and command is not None:
            self._stdin(message, command)
            self._answer(f"{_SHELL}/Send", message_id, "<rsp:SendResponse/>")
        elif action == "Signal":
            del shell[_found(_COMMAND_ID, message)]
            self._answer(f"{_SHELL}/Signal", message_id, "<rsp:SignalResponse/>")
        else:
            del hosts.shells[shell_id]
            self._answer(f"{_TRANSFER}/Delete", message_id, "")

    def _stdin(self, message: bytes, command: Command) -> None:
        stream = _STREAM.search(message)
        assert stream is not None
        data = base64.b64decode(stream[2] or b"")
        self._hosts.stdin += len(data)
        command.feed(data, b"true" in stream[1].lower())

    def _receive(self, message_id: bytes, command_id: bytes, command: Command, timeout: float) -> None:
        loop = asyncio.get_running_loop()
        left = command.ends - loop.time()

        def answer() -> None:
            body = _received(command_id.decode(), command.output(), command.done)
            self._answer(f"{_SHELL}/Receive", message_id, body)

        if left <= 0:
            answer()
        elif left < timeout:
            self._timer = loop.call_later(max(left - _LATE, 0.0), answer)
        else:
            text = "the operation took longer than its OperationTimeout"
            self._timer = loop.call_later(timeout, lambda: self._fault(message_id, 2150858793, text))

    # --- what they are told --------------------------------------------------------------------------

    def _answer(self, action: str, message_id: bytes, body: str, status: int = 200) -> None:
        assert self._context is not None
        message = (
            f'<s:Envelope xml:lang="en-US" xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="{_ADDRESSING}" '
            f'xmlns:x="{_TRANSFER}" xmlns:w="{_WSMAN}" xmlns:rsp="{_SHELL}" '
            'xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"><s:Header>'
            f"<a:Action>{action}{'Response' if status == 200 else ''}</a:Action>"
            f"<a:MessageID>uuid:{_new_id().decode()}</a:MessageID><a:To>{_ADDRESSING}/role/anonymous</a:To>"
            f"<a:RelatesTo>{message_id.decode()}</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>"
        ).encode()
        sealed = self._context.wrap_winrm(message)
        frame = (
            "--Encrypted Boundary\r\n\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n"
            f"\tOriginalContent: type={_PLAIN};Length={len(message)}\r\n--Encrypted Boundary\r\n"
            "\tContent-Type: application/octet-stream\r\n"
        ).encode()
        content = struct.pack("<i", len(sealed.header)) + sealed.header + sealed.data
        self._send(status, frame + content + b"--Encrypted Boundary--\r\n", f"Content-Type: {_SEALED}")

    def _fault(self, message_id: bytes, code: int, text: str) -> None:
        body = (
            "<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>w:TimedOut</s:Value></s:Subcode></s:Code>"
            f'<s:Reason><s:Text xml:lang="en-US">{text}</s:Text></s:Reason><s:Detail>'
            '<f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" '
            f'Code="{code}" Machine="localhost"><f:Message>{text}</f:Message></f:WSManFault></s:Detail></s:Fault>'
        )
        self._answer("http://schemas.dmtf.org/wbem/wsman/1/wsman/fault", message_id, body, 500)

    def _send(self, status: int, body: bytes, *headers: str) -> None:
        lines = [f"HTTP/1.1 {status} -", "Server: Microsoft-HTTPAPI/2.0", f"Content-Length: {len(body)}", *headers]
        self._transport.write("\r\n".join([*lines, "", ""]).encode() + body)


def _found(pattern: re.Pattern[bytes], message: bytes) -> bytes:
    match = pattern.search(message)
    return match[1] if match else b""


def _new_id() -> bytes:
    return str(uuid.uuid4()).upper().encode()


def _created(shell_id: str) -> str:
    resource_uri = f"{_SHELL}/cmd"
    return (
        f"<x:ResourceCreated><a:Address>{_ADDRESSING}/role/anonymous</a:Address><a:ReferenceParameters>"
        f"<w:ResourceURI>{resource_uri}</w:ResourceURI><w:SelectorSet>"
        f'<w:Selector Name="ShellId">{shell_id}</w:Selector></w:SelectorSet></a:ReferenceParameters>'
        f"</x:ResourceCreated><rsp:Shell><rsp:ShellId>{shell_id}</rsp:ShellId>"
        f"<rsp:ResourceUri>{resource_uri}</rsp:ResourceUri><rsp:Owner>{USER}</rsp:Owner>"
        "<rsp:ClientIP>127.0.0.1</rsp:ClientIP><rsp:IdleTimeOut>PT7200.000S</rsp:IdleTimeOut>"
        "<rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams>"
        "<rsp:ShellRunTime>P0DT0H0M0S</rsp:ShellRunTime><rsp:ShellInactivity>P0DT0H0M0S</rsp:ShellInactivity>"
        "</rsp:Shell>"
    )


def _received(command_id: str, output: bytes, done: bool) -> str:
    state = f"{_SHELL}/CommandState"
    parts = []
    if output:
        text = base64.b64encode(output).decode()
        parts.append(f'<rsp:Stream Name="stdout" CommandId="{command_id}">{text}</rsp:Stream>')
    if done:
        parts += [
            f'<rsp:Stream Name="{name}" CommandId="{command_id}" End="true"></rsp:Stream>'
            for name in ("stdout", "stderr")
        ]
        parts.append(
            f'<rsp:CommandState CommandId="{command_id}" State="{state}/Done"><rsp:ExitCode>0</rsp:ExitCode>'
            "</rsp:CommandState>"
        )
    else:
        parts.append(f'<rsp:CommandState CommandId="{command_id}" State="{state}/Running"></rsp:CommandState>')
    return f"<rsp:ReceiveResponse>{''.join(parts)}</rsp:ReceiveResponse>"


async def serve(count: int, seconds: float) -> None:
    """Listen, and answer to lines of stdin, until there are no more."""
    loop = asyncio.get_running_loop()
    hosts = Hosts(seconds)
    servers = [await loop.create_server(lambda: Connection(hosts), "127.0.0.1", 0, backlog=64) for _ in range(count)]
    ports = [server.sockets[0].getsockname()[1] for server in servers]
    print(json.dumps({"ports": ports, "user": USER, "password": PASSWORD}), flush=True)
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while await reader.readline():
        print(json.dumps(hosts.counted()), flush=True)
    for server in servers:
        server.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="Stand-ins for WinRM hosts.")
    parser.add_argument("--hosts", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=0.0)
    options = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "users")
        # With hashes instead of the password, which would be hashed again for each connection.
        hashed = ntowfv1(PASSWORD).hex().upper()
        file.write_text(f"{USER}:1000:{'F' * 32}:{hashed}:[U]:LCT-00000000\n")
        os.environ["NTLM_USER_FILE"] = str(file)
        asyncio.run(serve(options.hosts, options.seconds))


if __name__ == "__main__":
    main()
