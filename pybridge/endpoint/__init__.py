"""`pybridge serve`: a local MSI endpoint in the wire formats of others, over whichever source this machine has.

refusals.py   a no, and which one an error of the credential is
formats.py    the rows: VM extension, IMDS, App Service
gate.py       who may ask, how often, and for what
upstream.py   the source behind it, one credential an identity, never itself
answering.py  a request through all of these to its answer
command.py    ports, signals, a command's environment
"""
