"""A host on its two ports: from a request on a connection to its answer, and the notes that tests read."""

from __future__ import annotations

import hashlib
import ssl
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import wsman_soap as soap
import wsman_trouble
from wsman_certificates import Authority
from wsman_faults import SCHEMA, WsmanFault
from wsman_http import Answer, Connection, Listener, Request
from wsman_shells import Shells
from wsman_signin import MUTUAL, CannotUnseal, Gate, Refused, SignIn
from wsman_soap import Message, NotSoap
from wsman_trouble import Trouble, Troubles

_PLAIN = "application/soap+xml;charset=UTF-8"


class Host:
    """One Windows host.

    Args:
        options: As `wsman_host.WsmanHost` has them.
        authority: Signs its certificate.
        folder: For its files.
    """

    def __init__(self, options: Mapping[str, Any], authority: Authority, folder: Path) -> None:
        self.name: str = options["name"]
        self._options = options
        self._lock = threading.Lock()
        self._power = threading.Lock()
        self._away: threading.Timer | None = None  # while it restarts
        self._requests: list[dict[str, Any]] = []
        self._bodies: list[str] = []
        self._troubles = Troubles()
        for order in options["faults"]:
            self._troubles.order(order)
        self._authority = authority
        self._users_file = folder / f"{self.name}.users"
        tls = self._certify(options["certificate"])
        self._shells = Shells(options)
        self._listeners = [Listener(self._talk), Listener(self._talk, tls)]

    def _certify(self, kind: str) -> ssl.SSLContext:
        path, self.certificate = self._authority.server(self.name, kind)
        self._gate = Gate(self._options, self._users_file, self.certificate)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(path)
        if "certificate" in self._options["authentication"]:
            tls.load_verify_locations(self._authority.path)
            tls.verify_mode = ssl.CERT_OPTIONAL
        return tls

    def certify(self, kind: str) -> dict[str, Any]:
        """Take another certificate for the connections to come; the facts that are true then."""
        self._listeners[1].tls = self._certify(kind)
        return self.facts

    @property
    def facts(self) -> dict[str, Any]:
        """What a client has to know."""
        plain, secure = self._listeners
        return {
            "name": self.name,
            "http_port": plain.port,
            "https_port": secure.port,
            "ipv6": plain.ipv6 and secure.ipv6,
            "sha1": hashlib.sha1(self.certificate).hexdigest(),
            "sha256": hashlib.sha256(self.certificate).hexdigest(),
        }

    def ask(self, what: str) -> Any:
        """Answer a question of the test's."""
        with self._lock:
            requests, bodies = list(self._requests), list(self._bodies)
        if what == "bodies":
            return bodies
        processes = [
            {"pid": each.pid, "argv": each.argv, "environ": each.environ, "running": each.running}
            for each in self._shells.processes
        ]
        return {
            "requests": requests,
            "connections": sum(listener.connections for listener in self._listeners),
            "refused_by_client": sum(listener.refused_by_client for listener in self._listeners),
            "shells": self._shells.open,
            "processes": processes,
            "largest": max((request["size"] for request in requests), default=0),
        }

    def order(self, order: Mapping[str, Any]) -> None:
        self._troubles.order(order)

    def clear(self, *, everything: bool) -> None:
        """Forget notes and orders; if so also shells, and that it is away."""
        self._troubles.clear()
        if everything:
            self._shells.clear()
            self._come_back()
        with self._lock:
            self._requests.clear()
            self._bodies.clear()
            self._shells.processes[:] = [each for each in self._shells.processes if each.running]

    def reboot(self, seconds: float) -> None:
        """Restart: all is forgotten, and for a while nobody listens."""
        with self._power:
            for listener in self._listeners:
                listener.close()
            self._shells.clear()
            if self._away is not None:
                self._away.cancel()
            self._away = threading.Timer(seconds, self._come_back)
            self._away.daemon = True
            self._away.start()

    def _come_back(self) -> None:
        with self._power:
            if self._away is not None:
                self._away.cancel()
                self._away = None
                for listener in self._listeners:
                    listener.reopen()

    def close(self) -> None:
        for listener in self._listeners:
            listener.close()
        self._shells.clear()

    def _talk(self, connection: Connection) -> None:
        exchange = SignIn(self._gate, connection)
        while (request := connection.request()) is not None:
            note = self._note(connection, request)
            answer = self._answer(connection, exchange, request, note)
            answer.headers += exchange.last_token()
            note["status"] = answer.status
            connection.send(answer.encode())

    def _note(self, connection: Connection, request: Request) -> dict[str, Any]:
        header = request.headers.get("authorization", "")
        note = {
            "action": "SignIn",
            "status": 0,  # no answer was given, or not yet
            "user": None,
            "secure": connection.secure,
            "sealed": False,
            "size": len(request.body),  # of the envelope, once it is unsealed
            "path": request.path,
            "connection": f"{'https' if connection.secure else 'http'}-{connection.number}",
            "authorization": "Certificate" if header == MUTUAL else header.partition(" ")[0],
        }
        with self._lock:
            self._requests.append(note)
        return note

    def _answer(self, connection: Connection, exchange: SignIn, request: Request, note: dict[str, Any]) -> Answer:
        if request.path != self._options["path"]:
            return Answer(404)
        if request.method != "POST":
            return Answer(405)
        met = self._troubles.meet("SignIn")
        if met is not None and (answer := self._act(met, connection, exchange, None, sealed=False)) is not None:
            return answer
        try:
            user = exchange.check(request)
        except Refused as exc:
            return exc.answer
        note["user"], note["action"] = user, "Empty"
        data, sealed = request.body, request.headers.get("content-type", "").startswith("multipart/")
        note["sealed"] = sealed
        if data and sealed:
            try:
                data = exchange.unseal(request)
            except CannotUnseal:
                exchange.forget()
                return Answer(400)
        elif data and not connection.secure and not self._options["allow_unencrypted"]:
            note["action"] = "Unencrypted"
            return Answer(500)
        return self._carry_out(connection, exchange, data, note)

    def _carry_out(self, connection: Connection, exchange: SignIn, data: bytes, note: dict[str, Any]) -> Answer:
        sealed, user = note["sealed"], note["user"]
        note["size"] = len(data)
        if len(data) > self._options["max_envelope"]:
            return Answer(413)
        self._keep(data)
        message: Message | None = None
        status, relates_to = 200, ""
        met: Trouble | None = None
        try:
            if data:
                try:
                    message = soap.parse(data)
                except NotSoap as exc:
                    raise WsmanFault(SCHEMA) from exc
                relates_to = message.message_id
                note["action"] = message.action
            met = self._troubles.meet(note["action"])
            if met is not None and not met.carried_out:
                answer = self._act(met, connection, exchange, None, sealed=sealed)
                if answer is not None:
                    return answer
            text = b""
            if message is not None:
                action, body = self._shells.answer(message, user)
                text = soap.envelope(action, relates_to, body)
        except WsmanFault as fault:
            note["fault"] = fault.code
            status, text = 500, fault.render(relates_to, self.name)
        if met is not None and met.do == "replace":
            text = text.replace(met.more["old"].encode(), met.more["new"].encode())
        self._keep(text)
        answer = self._envelope(exchange, text, sealed=sealed)
        answer.status = status
        if met is not None and met.carried_out and met.do != "replace":
            try:
                return self._act(met, connection, exchange, answer, sealed=sealed) or answer
            except WsmanFault as fault:
                answer = self._envelope(exchange, fault.render(relates_to, self.name), sealed=sealed)
                answer.status = 500
        return answer

    def _act(
        self, met: Trouble, connection: Connection, exchange: SignIn, answer: Answer | None, *, sealed: bool
    ) -> Answer | None:
        return wsman_trouble.act(
            met,
            connection,
            answer,
            seal=lambda text: self._envelope(exchange, text, sealed=sealed),
            offers=self._gate.offers(connection.secure),
            forget=exchange.forget,
            reboot=self.reboot,
        )

    @staticmethod
    def _envelope(exchange: SignIn, text: bytes, *, sealed: bool) -> Answer:
        if not text:
            return Answer(200)
        if sealed:
            return exchange.seal(text)
        return Answer(200, [("Content-Type", _PLAIN)], text)

    def _keep(self, data: bytes) -> None:
        if data and self._options["keep_bodies"]:
            with self._lock:
                self._bodies.append(data.decode("utf-8", "replace"))
