"""Every error that pybridge raises, one class a cause.

    PyBridgeError
    ├── UsageError               invalid_argument       asked for something that cannot be
    ├── ConfigurationError       invalid_configuration  a variable of the environment, or a setting, is wrong
    ├── FileError                                       a file says something wrong, at a line
    │   ├── SpecError            invalid_spec             the spec of the PowerShell module
    │   ├── StateError           invalid_state            the emulator's world
    │   └── InventoryError       invalid_inventory        an inventory of hosts
    ├── TransportError                                  no usable answer came back
    │   ├── RefusedError         connection_refused       nobody listens there
    │   ├── UnreachableError     unreachable              no such name, no route, or no connection in time
    │   ├── CutOffError          cut_off                  connected, and cut off in the middle
    │   ├── TimedOutError        timed_out                connected, and the answer did not come in time
    │   ├── MalformedError       malformed_answer         an answer that is not what the service speaks
    │   └── UnsafeError          unsafe_request           sending it would have given a secret away
    ├── CredentialError                                 no token
    │   ├── NoEndpointError      no_endpoint              no managed identity endpoint answers here
    │   ├── TokenRejectedError   token_rejected           the endpoint said no, in its own words
    │   └── TokenThrottledError  token_throttled          the endpoint asks to wait, or is being updated
    ├── ArmError                                        Azure Resource Manager said no
    │   ├── BadRequestError      bad_request              400 and other refusals of the request itself
    │   ├── UnauthorizedError    unauthorized             401: the token is missing, expired or not for ARM
    │   ├── ForbiddenError       authorization_failed     403: the principal lacks a role
    │   ├── NotFoundError        not_found                404
    │   ├── ConflictError        conflict                 409: it is there already, or something else is under way
    │   ├── PreconditionError    precondition_failed      412: it has changed since it was read
    │   ├── ThrottledError       throttled                429
    │   ├── ServiceError         service_failed           5xx
    │   ├── OperationFailedError operation_failed         a long operation began, and ended badly
    │   └── NoSubscriptionError  no_subscription          the caller sees no subscription at all
    ├── RemoteError              remote_failed          a host that is reached from here, by WinRM or a session, said no
    │   ├── HostUnreachableError host_unreachable         nobody listens there, or there is no way to it
    │   ├── SignInRefusedError   host_denied              wrong name, password or method, or no rights
    │   ├── CertificateError     host_certificate         its certificate is not trusted, or another one
    │   ├── HostQuotaError       host_quota               it has as many shells or operations as it allows
    │   ├── HostInterruptedError host_interrupted         it rebooted, or was cut off, in the middle
    │   ├── HostTimedOutError    host_timed_out           it did not do it in time
    │   ├── RemoteScriptError    remote_script_failed     the script there failed, or gave no whole answer
    │   ├── LanguageModeError    language_mode            its PowerShell may not do it without writing it to its log
    │   └── SessionUnavailableError session_unavailable   the PSSession is closed, broken, or not of this PowerShell
    ├── BrokenError              broken                 the doctor's verdict: it does not work
    ├── NotSignedInError         not_signed_in          a command needs a context and there is none
    ├── UnsupportedError         not_supported          known, and not covered: the message has the way out
    ├── CancelledError           cancelled              the caller no longer wants the answer
    ├── ExecutorError            executor_failed        what ran a fleet's jobs elsewhere has died, or takes no more
    └── InternalError            internal_error         a defect of pybridge

An error says what happened (`message`), to which thing (`target`), and what to do now (`remedy`).
Its `code` is stable and travels over the wire; `retryable` says whether the same request may succeed later.
"""

from __future__ import annotations

from collections.abc import Mapping


class PyBridgeError(Exception):
    """The root: catch this for everything that pybridge raises on purpose.

    Args:
        message: What happened, in one sentence. It never holds a secret.
        target: The thing it happened to: a URL, a resource ID, a file.
        remedy: What the reader can do now.
        details: More facts, JSON values only: a status, a request ID, the attempts made.
    """

    code: str = "error"
    retryable: bool = False

    def __init__(
        self,
        message: str,
        *,
        target: str | None = None,
        remedy: str | None = None,
        details: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.target = target
        self.remedy = remedy
        self.details = dict(details or {})

    def on(self, host: str) -> None:
        """Say on which host it happened; to say it once is enough."""
        if f"on {host}" not in self.message:
            self.message = f"{self.message}, on {host}"
            self.args = (self.message,)

    def __reduce__(self) -> tuple[object, ...]:
        """To another process it travels by what it carries: `__init__` takes more than `args` has."""
        return _revived, (type(self), self.args, self.__dict__)


def _revived(kind: type[PyBridgeError], args: tuple[object, ...], carried: Mapping[str, object]) -> PyBridgeError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(carried)
    return error


class UsageError(PyBridgeError):
    code = "invalid_argument"


class ConfigurationError(PyBridgeError):
    code = "invalid_configuration"


class FileError(PyBridgeError):
    """A file says something wrong; the message begins with `file:line:`."""

    code = "invalid_file"

    def __init__(self, message: str, *, file: str, line: int | None = None, remedy: str | None = None) -> None:
        place = file if line is None else f"{file}:{line}"
        super().__init__(f"{place}: {message}", target=place, remedy=remedy)
        self.file = file
        self.line = line


class SpecError(FileError):
    code = "invalid_spec"


class StateError(FileError):
    code = "invalid_state"


class InventoryError(FileError):
    code = "invalid_inventory"


class TransportError(PyBridgeError):
    code = "transport_failed"
    retryable = True


class RefusedError(TransportError):
    code = "connection_refused"


class UnreachableError(TransportError):
    code = "unreachable"


class CutOffError(TransportError):
    code = "cut_off"


class TimedOutError(TransportError):
    code = "timed_out"


class MalformedError(TransportError):
    code = "malformed_answer"
    retryable = False


class UnsafeError(TransportError):
    code = "unsafe_request"
    retryable = False


class CredentialError(PyBridgeError):
    code = "credential_failed"


class NoEndpointError(CredentialError):
    code = "no_endpoint"


class TokenRejectedError(CredentialError):
    code = "token_rejected"


class TokenThrottledError(CredentialError):
    code = "token_throttled"
    retryable = True


class ArmError(PyBridgeError):
    code = "arm_failed"


class BadRequestError(ArmError):
    code = "bad_request"


class UnauthorizedError(ArmError):
    code = "unauthorized"


class ForbiddenError(ArmError):
    code = "authorization_failed"


class NotFoundError(ArmError):
    code = "not_found"


class ConflictError(ArmError):
    code = "conflict"


class PreconditionError(ArmError):
    code = "precondition_failed"
    retryable = True


class ThrottledError(ArmError):
    code = "throttled"
    retryable = True


class ServiceError(ArmError):
    code = "service_failed"
    retryable = True


class OperationFailedError(ArmError):
    code = "operation_failed"


class NoSubscriptionError(ArmError):
    code = "no_subscription"


class RemoteError(PyBridgeError):
    """Something about a host; `target` is what the user calls it."""

    code = "remote_failed"


class HostUnreachableError(RemoteError):
    code = "host_unreachable"
    retryable = True


class SignInRefusedError(RemoteError):
    code = "host_denied"


class CertificateError(RemoteError):
    code = "host_certificate"


class HostQuotaError(RemoteError):
    code = "host_quota"
    retryable = True


class HostInterruptedError(RemoteError):
    code = "host_interrupted"


class HostTimedOutError(RemoteError):
    code = "host_timed_out"


class RemoteScriptError(RemoteError):
    code = "remote_script_failed"


class LanguageModeError(RemoteError):
    code = "language_mode"


class SessionUnavailableError(RemoteError):
    code = "session_unavailable"


class BrokenError(PyBridgeError):
    code = "broken"


class NotSignedInError(PyBridgeError):
    code = "not_signed_in"


class UnsupportedError(PyBridgeError):
    code = "not_supported"


class CancelledError(PyBridgeError):
    code = "cancelled"


class ExecutorError(PyBridgeError):
    code = "executor_failed"


class InternalError(PyBridgeError):
    code = "internal_error"
