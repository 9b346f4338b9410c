# Each target does all the set-up that it needs first; a second run does none of it again.
.POSIX:
.PHONY: help demo test bench clean

help:
	@echo 'make demo    the sign-in script against the embedded Azure, in PowerShell and in Python'
	@echo 'make test    all tests; PowerShell tests in each PowerShell that is found'
	@echo 'make bench   start-up and call times beside what they replace'
	@echo 'make clean   remove what the other targets made'

demo:
	@sh .ci/setup demo
	@.venv/bin/python examples/demo.py

test:
	@sh .ci/setup test
	@.venv/bin/python -m pytest -n auto --dist loadgroup

# PYBRIDGE_BENCH_PYTHON: an interpreter that has azure-identity and MSAL, to be measured beside them; and pywinrm with
# pyspnego, which the hosts of remote.py need.
bench:
	@sh .ci/setup python
	@$${PYBRIDGE_BENCH_PYTHON:-.venv/bin/python} benchmarks/credential.py
	@.venv/bin/python benchmarks/processes.py
	@.venv/bin/python benchmarks/serve.py
	@$${PYBRIDGE_BENCH_PYTHON:-.venv/bin/python} benchmarks/remote.py
	@if command -v pwsh >/dev/null; then \
	    .venv/bin/python -m pybridge emulate -- pwsh -NoProfile -File benchmarks/shim.ps1 && \
	    .venv/bin/python -m pybridge emulate -- pwsh -NoProfile -File benchmarks/azurerm.ps1; \
	else \
	    echo 'benchmarks/shim.ps1 and benchmarks/azurerm.ps1 were not run: no pwsh on PATH'; \
	fi

clean:
	rm -rf .venv .venv-host build dist pybridge.egg-info tests/engine/bin tests/engine/obj
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
