"""What a PowerShell session holds, and how it changes: contexts by name, one of them current, and added clouds. Pure.

A change is a function from a session to a new one. Names are compared whatever their case, as AzureRM does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from .clouds import CLOUDS
from .errors import ConflictError, NotFoundError, UsageError
from .resources import Account, Context, Environment, Profile, Session, Tenant

#: As many contexts a first sign-in makes, one for each visible subscription; AzureRM's number.
MOST_POPULATED = 25


def current(session: Session) -> Context | None:
    """The context that commands use; None where nobody is signed in."""
    return None if session.current is None else _named(session, session.current)


def find(session: Session, name: str) -> Context:
    """The context of that name.

    Raises:
        NotFoundError: There is none.
    """
    found = _named(session, name)
    if found is None:
        names = ", ".join(context.name for context in session.contexts) or "none"
        raise NotFoundError(
            f"there is no context named {name!r}",
            target=name,
            remedy=f"Contexts of this session: {names}. Get-AzureRmContext -ListAvailable shows them.",
        )
    return found


def profile(session: Session, context: Context | None) -> Profile:
    """The context with all clouds that the session knows."""
    return Profile(context, known(session))


def known(session: Session) -> Mapping[str, Environment]:
    """The clouds: the built-in ones, and those of the session."""
    return {**CLOUDS, **session.environments}


def name_for(session: Session, context: Context) -> str:
    """What AzureRM calls a context: the name that it has already, else one made of its subscription.

    Where that is taken by another account, the account's ID is added.
    """
    for other in session.contexts:
        if _same_place(other, context):
            return other.name
    subscription, account = context.subscription, context.account
    name = f"{subscription.name} ({subscription.id})" if subscription else account.id
    if _named(session, name) is not None:
        name = f"{name} - {account.id}"
        if account.computer_name is not None and not account.id.endswith(f"@{account.computer_name}"):
            name = f"{name} on {account.computer_name}"
    return name


def add(session: Session, context: Context, *, use: bool = True) -> Session:
    """With that context in the place of the one of its name, or at the end; `use`: as the current one."""
    kept = list(session.contexts)
    places = [place for place, other in enumerate(kept) if _is(other, context.name)]
    if places:
        kept[places[0]] = context
    else:
        kept.append(context)
    return replace(session, contexts=tuple(kept), current=context.name if use else session.current)


def sign_in(session: Session, context: Context, others: Iterable[Context] = ()) -> Session:
    """With that context as the current one and, after it, the others.

    Whoever has signed in anew, is signed in anew in all their contexts: an imported one works from now on.
    """
    renewed = (
        replace(old, account=context.account) if _same_account(old, context) else old for old in session.contexts
    )
    session = add(replace(session, contexts=tuple(renewed)), context)
    for other in others:
        session = add(session, replace(other, name=name_for(session, other)), use=False)
    return session


def merge(session: Session, other: Session) -> Session:
    """With the contexts and the clouds of another one besides, whose current context is the current one then."""
    for environment in other.environments.values():
        session = add_environment(session, environment)
    for context in other.contexts:
        session = add(session, context, use=False)
    return session if other.current is None else replace(session, current=other.current)


def select(session: Session, name: str) -> Session:
    """With the context of that name as the current one.

    Raises:
        NotFoundError: There is none.
    """
    return replace(session, current=find(session, name).name)


def rename(session: Session, old: str, new: str, *, overwrite: bool = False) -> Session:
    """With another name for a context.

    Raises:
        NotFoundError: There is no context of the old name.
        ConflictError: There is another one of the new name, and it is not to be overwritten.
        UsageError: The new name is empty.
    """
    source = find(session, old)
    if not new.strip():
        raise UsageError("a context cannot have an empty name", target=new)
    if not _is(source, new):
        if not overwrite:
            check_free(session, new)
        session = replace(session, contexts=tuple(one for one in session.contexts if not _is(one, new)))
    contexts = tuple(replace(one, name=new) if one is source else one for one in session.contexts)
    was_current = session.current is not None and session.current.lower() in (old.lower(), new.lower())
    return replace(session, contexts=contexts, current=new if was_current else session.current)


def remove(session: Session, *names: str) -> Session:
    """Without the contexts of those names. Where the current one goes, the first that is left takes its place."""
    gone = {name.lower() for name in names}
    left = tuple(context for context in session.contexts if context.name.lower() not in gone)
    lost = session.current is None or session.current.lower() in gone
    return replace(session, contexts=left, current=(left[0].name if left else None) if lost else session.current)


def of_account(session: Session, account_id: str, tenant_id: str | None = None) -> list[Context]:
    """The contexts of an account; of one tenant, if it is given."""
    return [
        context
        for context in session.contexts
        if context.account.id.lower() == account_id.lower() and (tenant_id is None or _in_tenant(context, tenant_id))
    ]


def clear(session: Session) -> Session:
    """With nobody signed in, and without added clouds."""
    return Session(autosave=session.autosave)


def check_free(session: Session, name: str) -> None:
    """See that a name is not taken.

    Raises:
        ConflictError: It is. `confirm` in its details is what a caller may be asked, who then says -Force.
    """
    taken = _named(session, name)
    if taken is not None:
        raise ConflictError(
            f"there is a context named {taken.name!r} already",
            target=taken.name,
            remedy="Choose another name, or replace it with -Force.",
            details={"confirm": f"Replace the context '{taken.name}'?"},
        )


def add_environment(session: Session, environment: Environment) -> Session:
    """With that cloud, in the place of the one of its name.

    Raises:
        UsageError: It has the name of a built-in one.
    """
    check_own(environment.name)
    others = {name: one for name, one in session.environments.items() if name.lower() != environment.name.lower()}
    return replace(
        session, environments={**others, environment.name: environment}, contexts=_in_cloud(session, environment)
    )


def remove_environment(session: Session, name: str) -> Session:
    """Without the cloud of that name.

    Raises:
        UsageError: It is a built-in one.
        NotFoundError: There is none.
    """
    own = own_environment(session, name)
    return replace(session, environments={key: one for key, one in session.environments.items() if one is not own})


def own_environment(session: Session, name: str) -> Environment:
    """The added cloud of that name.

    Raises:
        UsageError: It is a built-in one.
        NotFoundError: There is none.
    """
    check_own(name)
    for key, environment in session.environments.items():
        if key.lower() == name.lower():
            return environment
    raise NotFoundError(
        f"there is no environment named {name!r}",
        target=name,
        remedy=f"Known environments: {', '.join(known(session))}. Add-AzureRmEnvironment adds one.",
    )


def check_own(name: str) -> None:
    """See that a cloud is not one of those that nobody can change.

    Raises:
        UsageError: It is.
    """
    for built_in in CLOUDS:
        if built_in.lower() == name.lower():
            raise UsageError(
                f"the environment {built_in} is built in, and cannot be changed",
                target=built_in,
                remedy="Add one of another name with Add-AzureRmEnvironment.",
            )


def with_secrets_of(session: Session, holder: Session) -> Session:
    """The session with the secrets and tokens that another one has for the same accounts."""
    contexts = tuple(
        next((replace(one, account=other.account) for other in holder.contexts if _same_account(other, one)), one)
        for one in session.contexts
    )
    return replace(session, contexts=contexts)


def way_to_sign_in(computer_name: str) -> str:
    """How to sign in as the managed identity of a host."""
    return f"Connect-AzureRmAccount -Identity -ComputerName {computer_name} -Credential <it>, or -Session <it>"


def without_secrets(account: Account) -> Account:
    """The account without its token, and without its secret."""
    return replace(account, access_token=None, secret=None)


def in_subscription(context: Context, **changes: Any) -> Context:
    """The context somewhere else: `subscription`, `tenant`. What had been told of the old place is gone."""
    return replace(context, **{"extended_properties": {}, **changes})


def tenant(text: str | None, told: str | None) -> Tenant | None:
    """The tenant that a caller names by ID or domain, with the ID that Azure told."""
    if text is None:
        return None if told is None else Tenant(told)
    return Tenant(text) if is_guid(text) or told is None else Tenant(told, directory=text)


def is_guid(text: str) -> bool:
    """Whether it is an ID, and not a name."""
    parts = text.split("-")
    return [len(part) for part in parts] == [8, 4, 4, 4, 12] and not set("".join(parts).lower()) - set(
        "0123456789abcdef"
    )


def _named(session: Session, name: str) -> Context | None:
    return next((context for context in session.contexts if _is(context, name)), None)


def _is(context: Context, name: str) -> bool:
    return context.name.lower() == name.lower()


def _in_tenant(context: Context, tenant_id: str) -> bool:
    names = {*context.account.tenants, *((context.tenant.id, context.tenant.directory) if context.tenant else ())}
    return tenant_id.lower() in {name.lower() for name in names if name}


def _same_account(one: Context, other: Context) -> bool:
    """Whether the credentials of one serve the other. A service principal's are for one tenant, and a managed
    identity's for one host."""
    mine, theirs = one.account, other.account
    same = (mine.id.lower(), mine.type, (mine.computer_name or "").lower(), one.environment.name) == (
        theirs.id.lower(),
        theirs.type,
        (theirs.computer_name or "").lower(),
        other.environment.name,
    )
    return same and (mine.type != "ServicePrincipal" or mine.tenants[:1] == theirs.tenants[:1])


def _same_place(one: Context, other: Context) -> bool:
    """Whether it is the same account in the same subscription and tenant of the same cloud."""
    return _same_account(one, other) and all(
        (first and first.id.lower()) == (second and second.id.lower())
        for first, second in ((one.subscription, other.subscription), (one.tenant, other.tenant))
    )


def _in_cloud(session: Session, environment: Environment) -> tuple[Context, ...]:
    """The contexts, with what has changed in their cloud."""
    return tuple(
        replace(one, environment=environment) if one.environment.name.lower() == environment.name.lower() else one
        for one in session.contexts
    )
