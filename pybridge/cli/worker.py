"""`pybridge worker`."""

from __future__ import annotations

import argparse

from ..worker import main


def arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(options: argparse.Namespace) -> int:
    main()
