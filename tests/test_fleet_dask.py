"""fleet on a Dask cluster: a real one, of several processes, of which some die."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import daskcluster
import fleetjobs
import pytest
from daskcluster import Cluster
from fleetjobs import Place, places
from support import closed_port, leaks, shown

from pybridge.errors import CancelledError, ExecutorError, UsageError
from pybridge.fleet import Fleet, Outcome
from pybridge.passwords import Password, PasswordCommand

# Dask's own warnings, of what it imports, are its own business.
pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.xdist_group("dask")]


@pytest.fixture(scope="module")
def dask() -> Any:
    try:
        from pybridge.fleet import dask
    except Exception:
        pytest.skip("Dask is not installed")
    return dask


@pytest.fixture(scope="module")
def cluster(dask: Any) -> Iterator[Cluster]:
    with daskcluster.running() as running:
        yield running


def once_each(outcomes: list[Outcome[Any]], hosts: list[Place]) -> dict[str, Outcome[Any]]:
    assert Counter(outcome.host for outcome in outcomes) == Counter(host.name for host in hosts)
    return {outcome.host: outcome for outcome in outcomes}


def test_several_processes_share_the_hosts(dask: Any, cluster: Cluster) -> None:
    hosts = places(60)
    with dask.connect(cluster.address) as executor:
        assert executor.threads == 6
        found = once_each(list(Fleet(hosts, executor=executor, workers=6).map(fleetjobs.where, seconds=0.02)), hosts)
    assert all(outcome.ok for outcome in found.values())
    assert len({outcome.value for outcome in found.values()} - {os.getpid()}) == 3


def test_equal_jobs_are_done_as_often_as_they_are_asked_for(dask: Any, cluster: Cluster, tmp_path: Path) -> None:
    hosts = [Place("vm01"), Place("vm01"), Place("vm01")]
    with dask.connect(cluster.address) as executor:
        found = list(Fleet(hosts, executor=executor).map(fleetjobs.die, victim="", trace=str(tmp_path)))
    assert [outcome.value for outcome in found] == ["vm01"] * 3
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("once", [False, True])
def test_a_worker_that_dies_in_the_middle(dask: Any, cluster: Cluster, tmp_path: Path, once: bool) -> None:
    hosts = places(60)
    with dask.connect(cluster.address, once=once) as executor:
        outcomes = Fleet(hosts, executor=executor, workers=6).map(
            fleetjobs.die, victim="vm20", trace=str(tmp_path), seconds=0.02
        )
        found = once_each(list(outcomes), hosts)
    begun = Counter(file.stem for file in tmp_path.iterdir())
    if once:
        assert {host.name for host in hosts} - set(begun) <= {name for name, each in found.items() if not each.ok}
        assert set(begun.values()) == {1}, "what may have been done is not done again"
        assert type(found["vm20"].error) is ExecutorError
        assert "vm20: the worker that had begun with it has died" in str(found["vm20"].error)
        lost = [outcome for outcome in found.values() if not outcome.ok]
        assert {type(outcome.error) for outcome in lost} == {ExecutorError}
        assert len(lost) <= 20, "those that this worker had begun with, or whose values it had"
    else:
        assert set(begun) == {host.name for host in hosts}
        assert begun["vm20"] == 2
        assert all(outcome.ok for outcome in found.values())


def test_a_job_that_kills_each_worker_is_given_up(dask: Any, cluster: Cluster) -> None:
    hosts = [Place("killer"), Place("other")]
    with dask.connect(cluster.address) as executor:
        found = once_each(list(Fleet(hosts, executor=executor).map(fleetjobs.kill, victim="killer")), hosts)
    assert type(found["killer"].error) is ExecutorError
    assert "has died" in str(found["killer"].error)


def test_a_clients_own_executor_does_as_well(dask: Any, cluster: Cluster) -> None:
    from distributed import Client

    hosts = places(20)
    with Client(cluster.address, set_as_default=False) as client, client.get_executor(pure=False) as executor:
        found = once_each(list(Fleet(hosts, executor=executor, workers=4).map(fleetjobs.greet)), hosts)
    assert all(outcome.ok for outcome in found.values())


# --- passwords ---------------------------------------------------------------------------------------


def test_a_password_in_memory_travels_nowhere(dask: Any, cluster: Cluster) -> None:
    secret = "hush-this-is-a-long-secret"
    with dask.connect(cluster.address) as executor:
        (outcome,) = Fleet([Place("vm01", Password(secret))], executor=executor).map(fleetjobs.password)
    assert isinstance(outcome.error, UsageError)
    assert "password_command" in (outcome.error.remedy or "")
    assert leaks([secret], *shown(outcome.error)) == []


def test_a_password_command_is_run_on_the_worker(dask: Any, cluster: Cluster) -> None:
    command = PasswordCommand((sys.executable, "-c", "import os; print(os.getppid())"))
    with dask.connect(cluster.address) as executor:
        (outcome,) = Fleet([Place("vm01", command)], executor=executor).map(fleetjobs.password)
    assert outcome.error is None
    assert outcome.value is not None
    pid, password = outcome.value
    assert password == str(pid) != str(os.getpid())


# --- clusters that are of no use ---------------------------------------------------------------------


def test_where_no_scheduler_is_that_is_told(dask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "_CONNECT", 0.2)
    with (
        closed_port() as port,
        pytest.raises(ExecutorError, match="no Dask scheduler answers at") as caught,
        dask.connect(f"tcp://127.0.0.1:{port}"),
    ):
        pass
    assert "dask scheduler" in (caught.value.remedy or "")


@pytest.mark.parametrize("address", ["nonsense://x", "tcp://", "tcp://127.0.0.1:port"])
def test_an_address_that_is_none_is_told(dask: Any, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr(dask, "_CONNECT", 0.2)
    with pytest.raises(ExecutorError, match="no Dask scheduler answers at"), dask.connect(address):
        pass


def test_a_cluster_without_workers_is_refused(dask: Any) -> None:
    with (
        daskcluster.running(workers=0) as cluster,
        pytest.raises(ExecutorError, match="has no workers"),
        dask.connect(cluster.address),
    ):
        pass


def test_a_cluster_that_loses_all_workers_fails_what_is_left(dask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "_LOOK", 0.05)
    hosts = places(12)
    with daskcluster.running(workers=1) as cluster, dask.connect(cluster.address, bare=0.2) as executor:
        outcomes = Fleet(hosts, executor=executor, workers=2).map(fleetjobs.where, seconds=0.5)
        first = next(outcomes)
        cluster.scale(0)
        found = once_each([first, *outcomes], hosts)
    assert first.ok
    assert type(found["vm11"].error) is CancelledError


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_scheduler_that_dies_fails_what_is_left(dask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "_LOOK", 0.05)
    monkeypatch.setattr(dask, "_CONNECT", 3)
    hosts = places(12)
    with daskcluster.running(workers=1) as cluster, dask.connect(cluster.address, bare=0.2) as executor:
        outcomes = Fleet(hosts, executor=executor, workers=2).map(fleetjobs.where, seconds=0.2)
        first = next(outcomes)
        cluster.process.kill()
        found = once_each([first, *outcomes], hosts)
    assert first.ok
    assert not found["vm11"].ok
