"""ARM's own things above the resource groups: tenants, subscriptions, locations, providers.

Wire format: https://learn.microsoft.com/rest/api/resources/
"""

from __future__ import annotations

from typing import Any

from ..nouns import Subscription
from .call import ArmCall, Refusal
from .locations import LOCATIONS, Location
from .versions import PROVIDERS, versions_of

READ_SUBSCRIPTION = "Microsoft.Resources/subscriptions/read"


def list_tenants(arm: ArmCall) -> Any:
    tenant = arm.world.tenant
    return {
        "value": [
            {
                "id": f"/tenants/{tenant.id}",
                "tenantId": tenant.id,
                "countryCode": "US",
                "displayName": tenant.name,
                "defaultDomain": tenant.domain,
                "domains": [tenant.domain],
                "tenantCategory": "Home",
                "tenantType": "AAD",
            }
        ]
    }


def list_subscriptions(arm: ArmCall) -> Any:
    page = arm.page(list(arm.world.subscriptions.values()), arm.access.sees, _subscription)
    return {**page, "count": {"type": "Total", "value": len(page["value"])}}


def get_subscription(arm: ArmCall) -> Any:
    return _subscription(_visible(arm))


def list_locations(arm: ArmCall) -> Any:
    subscription = _visible(arm)
    return {"value": [_location(subscription, location) for location in LOCATIONS]}


def list_providers(arm: ArmCall) -> Any:
    subscription = _visible(arm)
    return arm.page(list(PROVIDERS), lambda _: True, lambda namespace: _provider(subscription, namespace))


def get_provider(arm: ArmCall) -> Any:
    subscription, wanted = _visible(arm), arm.names["namespace"].lower()
    for namespace in PROVIDERS:
        if namespace.lower() == wanted:
            return _provider(subscription, namespace)
    raise Refusal(404, "InvalidResourceNamespace", f"The resource namespace '{arm.names['namespace']}' is invalid.")


def _visible(arm: ArmCall) -> Subscription:
    """The subscription, of which the caller sees something."""
    subscription = arm.subscription()
    if not arm.access.sees(subscription):
        arm.require(READ_SUBSCRIPTION, subscription.id)
    return subscription


def _location(subscription: Subscription, location: Location) -> dict[str, Any]:
    return {
        "id": f"{subscription.id}/locations/{location.name}",
        "name": location.name,
        "type": "Region",
        "displayName": location.display,
        "regionalDisplayName": f"({location.geography}) {location.display}",
        "metadata": {"regionType": "Physical", "regionCategory": "Recommended", "geographyGroup": location.geography},
    }


def _provider(subscription: Subscription, namespace: str) -> dict[str, Any]:
    own = namespace in ("Microsoft.Authorization", "Microsoft.Resources")
    return {
        "id": f"{subscription.id}/providers/{namespace}",
        "namespace": namespace,
        "registrationState": "Registered",
        "registrationPolicy": "RegistrationFree" if own else "RegistrationRequired",
        "resourceTypes": [
            {
                "resourceType": kind,
                "locations": [] if own else [location.display for location in LOCATIONS],
                "apiVersions": list(reversed(versions_of(kind))),
            }
            for kind in PROVIDERS[namespace]
        ],
    }


def _subscription(subscription: Subscription) -> dict[str, Any]:
    return {
        "id": subscription.id,
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": subscription.subscription_id,
        "tenantId": subscription.tenant_id,
        "displayName": subscription.name,
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "PayAsYouGo_2014-09-01",
            "spendingLimit": "Off",
        },
    }
