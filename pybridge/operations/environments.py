"""The clouds that a session knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from .. import contexts
from ..addresses import is_loopback, origin
from ..backend import Call
from ..clouds import CLOUDS, discover
from ..errors import UsageError
from ..resources import Environment, Session
from .choosing import environment_named
from .keeping import keep


def list_environments(call: Call, *, session: Session, name: str | None = None) -> Iterator[Environment]:
    """All clouds that the session knows, or the one of that name."""
    if name is not None:
        return iter([environment_named(session, name)])
    return iter(contexts.known(session).values())


def set_environment(
    call: Call,
    *,
    session: Session,
    name: str,
    arm_endpoint: str | None = None,
    resource_manager_url: str | None = None,
    active_directory_authority: str | None = None,
    active_directory_service_endpoint_resource_id: str | None = None,
    enable_adfs_authentication: bool = False,
    ad_tenant: str | None = None,
    service_management_url: str | None = None,
    management_portal_url: str | None = None,
    publish_settings_file_url: str | None = None,
    gallery_url: str | None = None,
    graph_url: str | None = None,
    graph_endpoint_resource_id: str | None = None,
    storage_endpoint_suffix: str | None = None,
    sql_database_dns_suffix: str | None = None,
    traffic_manager_dns_suffix: str | None = None,
    azure_key_vault_dns_suffix: str | None = None,
    azure_key_vault_service_endpoint_resource_id: str | None = None,
    azure_data_lake_store_file_system_endpoint_suffix: str | None = None,
    azure_data_lake_analytics_catalog_and_job_endpoint_suffix: str | None = None,
    azure_analysis_services_endpoint_suffix: str | None = None,
    data_lake_endpoint_resource_id: str | None = None,
    batch_endpoint_resource_id: str | None = None,
    azure_operational_insights_endpoint_resource_id: str | None = None,
    azure_operational_insights_endpoint: str | None = None,
    scope: str | None = None,
) -> Environment:
    """Add a cloud, or change an added one: by what its ARM tells of it, and by what is given."""
    contexts.check_own(name)
    urls = {
        "resource_manager_url": resource_manager_url,
        "active_directory_authority": active_directory_authority,
        "service_management_url": service_management_url,
        "management_portal_url": management_portal_url,
        "publish_settings_file_url": publish_settings_file_url,
        "gallery_url": gallery_url,
        "graph_url": graph_url,
        "azure_operational_insights_endpoint": azure_operational_insights_endpoint,
    }
    for field, url in urls.items():
        _check_url(field, url)
    given: dict[str, Any] = {
        **urls,
        "resource_manager_url": resource_manager_url and f"{resource_manager_url.rstrip('/')}/",
        "active_directory_authority": active_directory_authority and f"{active_directory_authority.rstrip('/')}/",
        "active_directory_service_endpoint_resource_id": active_directory_service_endpoint_resource_id,
        "enable_adfs_authentication": enable_adfs_authentication or None,
        "ad_tenant": ad_tenant,
        "graph_endpoint_resource_id": graph_endpoint_resource_id,
        "storage_endpoint_suffix": storage_endpoint_suffix,
        "sql_database_dns_suffix": sql_database_dns_suffix,
        "traffic_manager_dns_suffix": traffic_manager_dns_suffix,
        "azure_key_vault_dns_suffix": azure_key_vault_dns_suffix,
        "azure_key_vault_service_endpoint_resource_id": azure_key_vault_service_endpoint_resource_id,
        "azure_data_lake_store_file_system_endpoint_suffix": azure_data_lake_store_file_system_endpoint_suffix,
        "azure_data_lake_analytics_catalog_and_job_endpoint_suffix": (
            azure_data_lake_analytics_catalog_and_job_endpoint_suffix
        ),
        "azure_analysis_services_endpoint_suffix": azure_analysis_services_endpoint_suffix,
        "data_lake_endpoint_resource_id": data_lake_endpoint_resource_id,
        "batch_endpoint_resource_id": batch_endpoint_resource_id,
        "azure_operational_insights_endpoint_resource_id": azure_operational_insights_endpoint_resource_id,
    }
    base = _base(call, session, name, arm_endpoint)
    environment = replace(base, name=name, **{field: value for field, value in given.items() if value is not None})
    keep(call, session, lambda held: contexts.add_environment(held, environment), scope)
    return environment


def remove_environment(call: Call, *, session: Session, name: str, scope: str | None = None) -> Environment:
    """Forget an added cloud."""
    gone = contexts.own_environment(session, name)
    keep(call, session, lambda held: contexts.remove_environment(held, name), scope)
    return gone


def _base(call: Call, session: Session, name: str, arm_endpoint: str | None) -> Environment:
    """What is known of the cloud beside what is given."""
    if arm_endpoint is not None:
        for cloud in CLOUDS.values():
            if origin(cloud.resource_manager_url) == origin(arm_endpoint):
                return replace(
                    cloud, type="Discovered", active_directory_service_endpoint_resource_id=cloud.arm_resource
                )
        return discover(arm_endpoint, call.backend.https)
    for key, environment in session.environments.items():
        if key.lower() == name.lower():
            return environment
    return Environment(name, "", "", type="User-defined")


def _check_url(field: str, url: str | None) -> None:
    place = origin(url) if url else None
    if url is not None and (place is None or (place[0] != "https" and not is_loopback(url))):
        what = field.replace("_", " ")
        raise UsageError(
            f"{url!r} is not an https URL, and cannot be the {what}",
            target=url,
            remedy="Tokens are sent over https only. Plain http is for the emulator, on a loopback address.",
        )
