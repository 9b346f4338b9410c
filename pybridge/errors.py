"""Every error that pybridge raises, one class a cause.

    PyBridgeError
    ├── UsageError               invalid_argument       asked for something that cannot be
    ├── ConfigurationError       invalid_configuration  a variable of the environment, or a setting, is wrong
    ├── FileError                                       a file says something wrong, at a line
    │   ├── SpecError            invalid_spec             the spec of the PowerShell module
    │   └── StateError           invalid_state            the emulator's world
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
    ├── NotSignedInError         not_signed_in          a command needs a context and there is none
    ├── UnsupportedError         not_supported          known, and not covered: the message has the way out
    ├── CancelledError           cancelled              the caller no longer wants the answer
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


class NotSignedInError(PyBridgeError):
    code = "not_signed_in"


class UnsupportedError(PyBridgeError):
    code = "not_supported"


class CancelledError(PyBridgeError):
    code = "cancelled"


class InternalError(PyBridgeError):
    code = "internal_error"
