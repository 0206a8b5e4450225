"""`python -m kvk2.throwaway.call MODULE FUNCTION`: call it with Django set up; arguments and answer are JSON.

A process of its own, because which database Django uses is settled when its settings are read.
"""

import json
import sys
from importlib import import_module

import django


def main(module: str, function: str) -> None:
    django.setup()
    answer = getattr(import_module(module), function)(*json.load(sys.stdin))
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
