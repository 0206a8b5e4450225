"""The demonstration world: invented people and figures around the real IKCs, the same on every computer.

It is made by the portal's own services, in the past, so that every row obeys the rules that a real one obeys. A fixed
random seed makes it reproducible; dates follow the day on which it is loaded, so that the open round is open.
"""
