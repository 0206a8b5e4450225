"""A whole portal that is thrown away: servers, website and workers of its own, for fault tests and the benchmark.

Nothing of it touches the servers of whoever starts it: it has a state directory, sockets and ports of its own, on
this machine only. The servers are the durable ones of the demo, not the forgetful ones of the tests: what was
committed must survive their death. Everything ends with the process that started it, however that ends.
"""

from kvk2.throwaway.portal import DidNotStart, Portal, Process, Website
from kvk2.throwaway.visitor import Answer, Visitor

__all__ = ["Answer", "DidNotStart", "Portal", "Process", "Visitor", "Website"]
