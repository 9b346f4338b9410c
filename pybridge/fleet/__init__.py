"""Many hosts at a time, over any `concurrent.futures.Executor`: each host has exactly one outcome, whatever happens.

    for outcome in Fleet(hosts, workers=64, retries=2).map(hostjobs.whoami):
        print(outcome.host, outcome.value or outcome.error)

A job is a function of a host and of plain keyword arguments. With an executor that runs it in another process, or on
another machine, it stands at the top of its module, and what it takes and returns can be pickled.

fleet.py     `Fleet`: hosts in, outcomes out
flights.py   hosts under way, and those that are to be tried again
signins.py   what keeps a wrong password from going to all of them
attempts.py  what runs where the executor runs things, and what comes back from there
dask.py      the executor that is a Dask cluster                 the only `import distributed`
"""

from .attempts import current_stop
from .fleet import Fleet, Outcome

__all__ = ["Fleet", "Outcome", "current_stop"]
