"""How often something may be asked: a count per key in the cache, that starts anew after a while."""

from django.core.cache import cache


def is_too_often(key: str, *, most: int, seconds: int) -> bool:
    """Whether this is more than the `most`th time in `seconds` that `key` is asked for."""
    name = f"rate:{key}"
    if cache.add(name, 1, seconds):
        return False
    try:
        return cache.incr(name) > most
    except ValueError:  # it ran out between the two
        return False
