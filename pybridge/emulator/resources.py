"""ARM's own things: tenants, subscriptions, resource groups.

Wire format: https://learn.microsoft.com/rest/api/resources/
"""

from __future__ import annotations

from typing import Any

from .armcall import ArmCall, filter_conditions
from .nouns import ResourceGroup, Subscription

READ_SUBSCRIPTION = "Microsoft.Resources/subscriptions/read"
READ_GROUP = "Microsoft.Resources/subscriptions/resourceGroups/read"


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
    subscription = arm.subscription()
    if not arm.access.sees(subscription):
        arm.require(READ_SUBSCRIPTION, subscription.id)
    return _subscription(subscription)


def list_groups(arm: ArmCall) -> Any:
    groups = list(arm.subscription().groups.values())
    wanted = filter_conditions(arm.call, ("tagname", "tagvalue"))
    allowed = arm.access.filter(READ_GROUP)

    def keep(group: ResourceGroup) -> bool:
        return allowed(group.id) and _has_tag(group, wanted)

    return arm.page(groups, keep, _group)


def get_group(arm: ArmCall) -> Any:
    arm.require(READ_GROUP, arm.group_scope())
    return _group(arm.group())


def _has_tag(group: ResourceGroup, wanted: dict[str, str]) -> bool:
    """Names of tags ignore case, their values do not."""
    if not wanted:
        return True
    tags = {name.lower(): value for name, value in group.tags.items()}
    value = tags.get(wanted.get("tagname", "").lower())
    return value is not None and wanted.get("tagvalue", value) == value


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


def _group(group: ResourceGroup) -> dict[str, Any]:
    view: dict[str, Any] = {
        "id": group.id,
        "name": group.name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": group.location,
        "properties": {"provisioningState": "Succeeded"},
    }
    if group.tags:
        view["tags"] = dict(group.tags)
    return view
