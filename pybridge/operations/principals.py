"""Who is meant by a name. Names of people and applications stand in the directory, which ARM does not know.

Microsoft Graph would tell; but a managed identity may hardly ever ask it, and then by an administrator's grant. So
names are looked up where the caller may look: in its own token, and among the user-assigned identities of ARM.
"""

from __future__ import annotations

from .. import sources
from ..arm.identities import principals
from ..backend import Call, signed_in
from ..errors import UnsupportedError
from ..resources import Context


def principal_of(
    call: Call,
    context: Context | None,
    object_id: str | None,
    sign_in_name: str | None,
    service_principal_name: str | None,
) -> str | None:
    """The object ID of who is meant; None where nobody is.

    Raises:
        UnsupportedError: Only the directory knows who that is.
    """
    if object_id is not None:
        return object_id
    name = sign_in_name or service_principal_name
    if name is None:
        return None
    found = _caller(call, context, name)
    if found is None and service_principal_name is not None:
        for identity in principals(call.arm(context)).values():
            if name.lower() in ((identity.client_id or "").lower(), identity.id.lower()):
                found = identity.principal_id
    if found is None:
        raise _only_the_directory_knows(name, service_principal_name is not None)
    return found


def _caller(call: Call, context: Context | None, name: str) -> str | None:
    """The caller's own object ID, where the name is the caller's."""
    context = signed_in(context)
    environment = call.environment(context.environment.name)
    token = call.account_credential(context.account).get_token(environment.arm_resource)
    claims = sources.claims(token.token)
    own = {str(claims.get(claim, "")).lower() for claim in ("appid", "azp", "upn", "unique_name")} - {""}
    found = claims.get("oid")
    return found if isinstance(found, str) and name.lower() in own else None


def _only_the_directory_knows(name: str, application: bool) -> UnsupportedError:
    ask = f"az ad sp show --id {name} --query id" if application else f"az ad user show --id {name} --query id"
    return UnsupportedError(
        f"the object ID of {name!r} stands in the directory, which pybridge does not ask",
        target=name,
        remedy="Name the principal by -ObjectId. Of a VM's identity it is (Get-AzureRmVM -ResourceGroupName <group> "
        "-Name <VM>).Identity.PrincipalId, of a user-assigned identity (Get-AzureRmUserAssignedIdentity "
        "-ResourceGroupName <group> -Name <name>).PrincipalId. Of "
        + (f"another application: {ask}. Its application ID is something else." if application else f"a user: {ask}."),
    )
