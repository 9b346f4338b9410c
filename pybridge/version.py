"""The version, in the one place that has it: `pyproject.toml` and the worker's greeting read it here."""

__version__ = "0.1.0"
