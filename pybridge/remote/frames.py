"""What goes to the bootstrap's stdin, and what comes from its stdout: the texts, and where they begin and end. No I/O.

Whatever a profile, a policy or a program may print in between stands outside of a nonce that only we know.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ..clixml import Record
from ..errors import LanguageModeError, RemoteScriptError
from ..printable import printable

#: Where a script has the functions of json.ps1.
_JSON = "# <json.ps1>\n"
#: Bytes of an answer (a body of a megabyte in base64 fits), of a record, and of what stands around them.
MOST, _MOST_OF_A_RECORD = 2 << 20, 16 << 20
_NOISE = 4096
#: Bytes of a line of programs that are waited for.
_LONG_LINE = 65536
_LENGTH = re.compile(rb"([+-])([0-9]{1,9}):")
_MODE = re.compile(rb"pybridge-language-mode: ([A-Za-z]{1,40})")
_FORMAT = "powershell -NoProfile -NonInteractive -InputFormat {} -EncodedCommand {}"


@cache
def script(name: str) -> str:
    """The text of a script of ours: `param([string] $Question)`, and it returns one ASCII JSON text."""
    text = _file(name)
    return text.replace(_JSON, _file("json")) if _JSON in text else text


def _file(name: str) -> str:
    return (Path(__file__).parent / "scripts" / f"{name}.ps1").read_text(encoding="ascii")


@cache
def command_line(name: str) -> str:
    """The command that starts PowerShell with a script of ours. cmd.exe takes at most 8,191 characters."""
    # "None": PowerShell must not take from stdin what the script reads itself.
    encoded = base64.b64encode(script(name).encode("utf-16-le")).decode("ascii")
    return _FORMAT.format("Text" if name == "logged" else "None", encoded)


def question(nonce: str, text: str, asked: str) -> bytes:
    """One question: a script, and what it is asked."""
    return f"{nonce} {_units(text)} {_units(asked)}\n{text}{asked}".encode()


def _units(text: str) -> int:
    """The length as .NET counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


class AnswerReader:
    """Finds the answer in what comes from stdout.

    Args:
        host: Whom errors name.
        nonce: What stands before and after it.
        wrapped: Whether it came by the pipeline, which may break lines.
    """

    def __init__(self, host: str, nonce: str, *, wrapped: bool = False) -> None:
        self._host = host
        self._wrapped = wrapped
        self._nonce = nonce.encode("ascii")
        self._buffer = bytearray()
        self.noise = bytearray()

    def feed(self, data: bytes) -> Mapping[str, Any] | None:
        """The answer, once it is whole.

        Raises:
            RemoteScriptError: The script failed, or what comes is no answer.
            LanguageModeError: PowerShell there may not do it.
        """
        self._buffer += data.translate(None, b"\r\n") if self._wrapped else data
        begin = self._buffer.find(self._nonce)
        if begin < 0:
            kept = len(self._nonce) - 1
            self.noise += self._buffer[:-kept]
            del self._buffer[:-kept], self.noise[:-_NOISE]
            self._check_mode(bytes(self.noise + self._buffer))
            return None
        if begin:
            self.noise += self._buffer[:begin]
            del self._buffer[:begin], self.noise[:-_NOISE]
        return self._whole()

    def _whole(self) -> Mapping[str, Any] | None:
        start = len(self._nonce)
        head = _LENGTH.match(self._buffer, start)
        if head is None:
            if len(self._buffer) > start + 12:
                raise self._broken("its length is missing")
            return None
        length = int(head[2])
        if length > MOST:
            raise self._broken(f"it has more than {MOST} bytes")
        end = head.end() + length
        if len(self._buffer) < end + start:
            return None
        if self._buffer[end : end + start] != self._nonce:
            raise self._broken("a part of it is missing")
        return self._read(head[1] == b"+", bytes(self._buffer[head.end() : end]))

    def _read(self, good: bool, text: bytes) -> Mapping[str, Any]:
        if not good:
            try:
                words = base64.b64decode(text, validate=True).decode("utf-8", "replace")
            except binascii.Error:
                raise self._broken("it is not what was agreed") from None
            raise RemoteScriptError(f"the script failed on {self._host}: {printable(words)}", target=self._host)
        try:
            answer = json.loads(text)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise self._broken("it is not what was agreed")
        return answer

    def _check_mode(self, text: bytes) -> None:
        found = _MODE.search(text)
        if found is not None:
            raise language_mode(self._host, found[1].decode("ascii"))

    def _broken(self, why: str) -> RemoteScriptError:
        # From what came nothing is quoted: it may be a token, or half of one.
        return RemoteScriptError(
            f"the answer of the script on {self._host} is broken: {why}", target=self._host, remedy="Try again."
        )

    def ended(self, exit_code: int | None, said: str) -> RemoteScriptError:
        """The error for a process that has ended without an answer.

        Args:
            said: What it wrote to stderr.
        """
        words = printable(said)  # and nothing of stdout, where a part of an answer may be
        code = "" if exit_code is None else f" (exit code {exit_code})"
        cut = "in the middle of" if self._buffer.startswith(self._nonce) else "without"
        return RemoteScriptError(
            f"PowerShell on {self._host} ended {cut} an answer{code}{': ' if words else ''}{words}",
            target=self._host,
            remedy="Check that powershell runs there, for this user: a policy may forbid it, or memory is short.",
        )


def language_mode(host: str, mode: str) -> LanguageModeError:
    """The error for a PowerShell that may not call .NET."""
    return LanguageModeError(
        f"PowerShell on {host} runs in {mode} mode: a token could come only in a way that its logs may record",
        target=host,
        remedy="If that is all right, allow it (-AllowLogged, allow_logged). Else have the policy there trust what "
        "administrators run (WDAC, AppLocker), or expose Get-MsiToken by a JEA endpoint.",
    )


class RecordReader:
    """Takes the records of `run.ps1` out of stdout. What stands between them was written by programs: output, too.

    Args:
        lost: Makes the error for records that are missing.
    """

    def __init__(self, nonce: str, lost: Callable[[], Exception]) -> None:
        self._mark = nonce.encode("ascii") + b" "
        self._lost = lost
        self._buffer = bytearray()
        self._between = bytearray()
        self._begin = b""
        self._count = 0
        self.ended = False

    def feed(self, data: bytes) -> list[Record]:
        """The records that are whole, in order; of what stands between them the whole lines."""
        self._buffer += data
        found: list[Record] = []
        while True:
            begin = self._buffer.find(self._mark)
            free = begin if begin >= 0 else max(len(self._buffer) - len(self._mark) + 1, 0)
            self._between += self._buffer[:free]
            if len(self._begin) < _NOISE:
                self._begin += bytes(self._buffer[:free])
            del self._buffer[:free]
            found += self._lines(whole=begin < 0)
            if begin < 0:
                return found
            end = self._buffer.find(b"\n")
            if end < 0:
                if len(self._buffer) > _MOST_OF_A_RECORD:
                    raise self._lost()
                return found
            found += self._record(bytes(self._buffer[len(self._mark) : end]))
            del self._buffer[: end + 1]

    def rest(self) -> list[Record]:
        """What is left at the end."""
        self._between += self._buffer
        if len(self._begin) < _NOISE:
            self._begin += bytes(self._buffer)
        self._buffer.clear()
        return self._lines(whole=False)

    def check_mode(self, host: str) -> None:
        """Tell from what stands first whether PowerShell may not run the script.

        Raises:
            LanguageModeError: So it is.
        """
        found = None if self._count else _MODE.match(self._begin)
        if found is not None:
            raise language_mode(host, found[1].decode("ascii"))

    def _lines(self, *, whole: bool) -> list[Record]:
        end = self._between.rfind(b"\n") + 1 if whole and len(self._between) < _LONG_LINE else len(self._between)
        text = text_of(bytes(self._between[:end]))
        del self._between[:end]
        return [Record("output", text)] if text else []

    def _record(self, line: bytes) -> list[Record]:
        try:
            count, stream, data = line.decode("ascii").split(" ")
            text = base64.b64decode(data, validate=True).decode("utf-8", "replace")
            number = int(count)
        except ValueError:
            raise self._lost() from None
        if number != self._count:
            raise self._lost()
        self._count += 1
        if stream == "end":
            self.ended = True
            return []
        return [Record(stream, text)]


def text_of(data: bytes) -> str:
    """What a program has written: in UTF-8, as the shell's code page says, or in that of old consoles."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp437")
