"""pretalx beside us: its review dashboard and our overview, with the same numbers, on the same servers, in turn.

pretalx is installed from PyPI in an environment of its own in the state directory of the measurement, and goes with it.
It is no part of the portal: nothing here imports it, and only this measurement starts it.
"""
