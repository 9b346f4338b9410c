"""The checks that ask: the endpoints, the token and whose it is, the clock, Azure Resource Manager and the roles."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from ..arm import no_subscription
from ..clouds import arm_endpoint
from ..errors import ForbiddenError, NoEndpointError, PyBridgeError, TokenRejectedError
from ..models import AccessToken
from ..resources import ManagedIdentity
from ..sources import SOURCES, Candidate
from .case import Answer, Case, Finding

#: Seconds by which the clock may be wrong.
_OFF, _FAR_OFF = 60, 300

_IMDS = SOURCES["imds"]

#: The guidance of 2017, with today's names.
_NO_IDENTITY = (
    'Turn it on in the portal: page Configuration (now: Identity), "Managed service identity" = Yes. '
    "If you named an identity, check that it is assigned to the VM.",
    "Scripts that ask port 50342 need the MSI extension too: page Extensions shows whether it is deployed, else "
    "redeploy it. With pybridge serve, or IMDS, it is not needed.",
)


# --- endpoints ---------------------------------------------------------------------------------------


def endpoint(case: Case) -> Finding:
    """Whether somebody answers where tokens are asked for: over TCP, then in HTTP."""
    failed: list[Finding] = []
    for candidate, errand in zip(case.candidates, case.endpoints, strict=True):
        found = errand.outcome()
        if found is None:
            continue
        finding = _judged(case, candidate, found)
        if finding.state != "broken":
            return Finding(finding.state, "; ".join([finding.message, *(each.message for each in failed)]))
        failed.append(finding)
    remedies = dict.fromkeys(each.remedy for each in failed if each.remedy)
    works = isinstance(case.token.outcome(), AccessToken)
    return Finding("warning" if works else "broken", "; ".join(each.message for each in failed), "\n".join(remedies))


def _judged(case: Case, candidate: Candidate, found: Answer | PyBridgeError) -> Finding:
    source = candidate.source
    if isinstance(found, PyBridgeError):
        return Finding("broken", found.message, found.remedy or source.absent)
    status, place = found.response.status, source.place(candidate.endpoint, case.machine.environ)
    if source is not _IMDS:
        return Finding("ok", f"{source.title} answers at {place.partition('?')[0]}")
    if found.json() is None:
        docker = status == 403
        return Finding(
            "broken",
            f"{'Docker Desktop, or a proxy,' if docker else 'something else'} answers in place of {source.title} "
            f"({status}, no JSON)",
            "There is no IMDS behind Docker Desktop. Run it on an Azure VM, or against the emulator."
            if docker
            else "Packets to 169.254.169.254 must reach the Azure host: check routes, and what takes them.",
        )
    if status != 200:
        return Finding("warning", f"{source.title} answers {status} to what it should know: it may be starting")
    vm = case.instance()
    host = case.machine.host
    it = "this" if host is None else host.name
    return Finding("ok", f"{source.title} answers: {it} is {vm.get('name')} in {vm.get('location')}")


def extension(case: Case) -> Finding:
    """Whether something is on the port that scripts of 2017 ask."""
    found = case.extension.outcome()
    if isinstance(found, Answer):
        return Finding("ok", "the port that scripts of 2017 ask (50342) answers")
    usual = ", as on all VMs of today" if case.on_vm else ""
    return Finding(
        "skipped",
        f"nobody answers on port 50342{usual}: only scripts of 2017 ask there",
        "For such a script: pybridge serve brings the endpoint back.",
    )


# --- the token ---------------------------------------------------------------------------------------


def token(case: Case) -> Finding:
    """Whether there is a token, and if not, why: in the endpoint's words."""
    found = case.token.outcome()
    if isinstance(found, AccessToken):
        source = SOURCES[found.source].title if found.source else "the endpoint"
        left = max(int(found.expires_on - case.machine.clock()), 0)
        return Finding(
            "ok", f"{source} gave one for {found.resource} that lasts {left // 3600} h {left // 60 % 60} min"
        )
    if isinstance(found, NoEndpointError) and endpoint(case).state == "broken":
        return Finding("broken", "there is none, as no endpoint answers")
    return Finding("broken", found.message, "\n".join(_advice(case, found)) or None)


def _advice(case: Case, error: PyBridgeError) -> Iterator[str]:
    words = error.message.lower() if case.on_vm and isinstance(error, TokenRejectedError) else ""
    if "identity not found" in words:
        yield from _NO_IDENTITY
    elif error.remedy:
        yield error.remedy
    if "multiple user assigned" in words:
        vm = case.instance()
        yield "They are listed by:"
        yield f"  az vm identity show -g {vm.get('resourceGroupName') or '<group>'} -n {vm.get('name') or '<VM>'}"


def identity(case: Case) -> Finding:
    """Whose token it is."""
    found = case.identity.outcome()
    if not isinstance(found, ManagedIdentity):
        return Finding("skipped", "there is no token to read it from")
    kinds = {"SystemAssigned": "the system-assigned identity", "UserAssigned": "the user-assigned identity"}
    kind = kinds.get(found.kind or "", "the user" if found.kind == "User" else "an identity")
    last = (found.resource_id or "").rpartition("/")[2]
    names = [f"{kind} {found.display_name or last}".rstrip()]
    names += [
        f"{label} {value}" for label, value in (("object ID", found.object_id), ("client ID", found.client_id)) if value
    ]
    return Finding("ok", ", ".join(names))


# --- the clock ---------------------------------------------------------------------------------------


def clock(case: Case) -> Finding:
    """How far this machine's clock is from that of an answer, by its Date header: ARM's rather than this machine's."""
    if case.machine.host is not None:
        return Finding("skipped", f"the clock of {case.machine.host.name} is not seen from here")
    answers: list[object] = [case.arm.outcome(), *(errand.outcome() for errand in case.endpoints)]
    skews = (_skew(answer) for answer in answers if isinstance(answer, Answer))
    skew = next((skew for skew in skews if skew is not None), None)
    if skew is None:
        return Finding("skipped", "no answer tells the time")
    ahead = "ahead" if skew > 0 else "behind"
    if abs(skew) < _OFF:
        return Finding("ok", f"it is right, within {max(abs(skew), 1):.0f} s")
    return Finding(
        "broken" if abs(skew) >= _FAR_OFF else "warning",
        f"this machine's clock is {abs(skew):.0f} s {ahead}",
        "Tokens seem expired, or not valid yet. Set it: w32tm /resync (Windows), timedatectl set-ntp true (Linux).",
    )


def _skew(answer: Answer) -> float | None:
    """Seconds that our clock is ahead; None where the answer does not tell."""
    try:
        theirs = parsedate_to_datetime(answer.response.header("Date") or "").timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return answer.received - theirs - 0.5  # it has been cut down to whole seconds


# --- Azure Resource Manager --------------------------------------------------------------------------


def arm(case: Case) -> Finding:
    """Whether Azure Resource Manager can be reached."""
    found = case.arm.outcome()
    if isinstance(found, PyBridgeError):
        place = case.environment.resource_manager_url
        return Finding(
            "broken",
            found.message,
            found.remedy or f"Check the way to {place}: DNS, the firewall, HTTPS_PROXY and REQUESTS_CA_BUNDLE.",
        )
    if found.response.status >= 500:
        return Finding("warning", f"Azure Resource Manager answers {found.response.status}", "Try again later.")
    return Finding("ok", f"Azure Resource Manager answers at {arm_endpoint(case.environment, case.machine.environ)}")


def role(case: Case) -> Finding:
    """Whether the identity may see anything, and read its own VM, as scripts of 2017 do."""
    if isinstance(case.token.outcome(), PyBridgeError):
        return Finding("skipped", "there is no token to ask with")
    if isinstance(case.arm.outcome(), PyBridgeError):
        return Finding("skipped", "Azure Resource Manager cannot be asked")
    seen = case.subscriptions.outcome()
    if isinstance(seen, PyBridgeError):
        return Finding("warning", seen.message, seen.remedy)
    who, vm = getattr(case.identity.outcome(), "object_id", None), case.vm_id()
    if not seen:
        return Finding("warning", "no subscription is visible", _grant(who, vm) or no_subscription(who).remedy)
    message = f"sees {seen[0].name}" + (f" and {len(seen) - 1} more" if len(seen) > 1 else "")
    if vm is None:
        return Finding("ok", message)
    read = case.vm.outcome()
    host = case.machine.host
    name = f"{vm.rpartition('/')[2]}, {'this VM' if host is None else f'which is {host.name}'}"
    if isinstance(read, ForbiddenError):
        return Finding("warning", f"{message}, but may not read {name}", _grant(who, vm))
    if isinstance(read, PyBridgeError):
        return Finding("warning", f"{message}; asked for {name}: {read.message}", read.remedy)
    return Finding("ok", f"{message}, and reads {name}")


def _grant(who: object, vm: str | None) -> str | None:
    """The command that grants what is missing; None where the VM is not known."""
    if vm is None:
        return None
    return (
        "It needs Reader at the VM or higher, if it is to ask Azure Resource Manager. Grant it:\n"
        f"  New-AzureRmRoleAssignment -ObjectId {who or '<object ID>'} -RoleDefinitionName Reader -Scope {vm}\n"
        "A new role may take minutes to count."
    )
