"""The test hosts' process: options in, ready out, then one answer for each line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TextIO

from wsman_certificates import Authority
from wsman_server import Host


def serve(reader: TextIO, writer: TextIO, folder: Path) -> None:
    """Serve until the input ends, or is told to stop."""

    def say(answer: dict[str, Any]) -> None:
        writer.write(json.dumps(answer) + "\n")
        writer.flush()

    options = json.loads(reader.readline())["hosts"]
    authority = Authority(folder)
    clients = {name: authority.client(name) for host in options for name in host["certificate_users"]}
    hosts = {row["name"]: Host(row, authority, folder) for row in options}
    try:
        say(
            {
                "result": [
                    {
                        **hosts[row["name"]].facts,
                        "ca": str(authority.path),
                        "client": {name: [str(path) for path in clients[name]] for name in row["certificate_users"]},
                    }
                    for row in options
                ]
            }
        )
        for line in reader:
            question = json.loads(line)
            if question.get("stop"):
                return
            try:
                say({"result": _answer(hosts[question["host"]], question)})
            except (KeyError, ValueError) as exc:
                say({"error": str(exc)})
    finally:
        for host in hosts.values():
            host.close()


def _answer(host: Host, question: dict[str, Any]) -> Any:
    if "ask" in question:
        return host.ask(question["ask"])
    if "fault" in question:
        return host.order(question["fault"])
    if "reboot" in question:
        return host.reboot(question["reboot"])
    if "clear" in question:
        return host.clear(everything=question["clear"] == "all")
    if "certify" in question:
        return host.certify(question["certify"])
    raise ValueError("ask, certify, fault, reboot, clear or stop")
