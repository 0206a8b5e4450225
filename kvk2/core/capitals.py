"""The capital with which a label begins where it stands by itself; never for what people typed."""


def upper_first(text: object) -> str:
    """For a value that stands by itself: 'ja' becomes 'Ja'; an address or a code stays as it is."""
    text = str(text)
    word = text.partition(" ")[0].strip(",.:;()").replace("-", "")
    return text[:1].upper() + text[1:] if word.isalpha() else text
