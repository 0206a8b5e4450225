"""What the timeline says of each thing that may happen to a grant."""

SENTENCES = {
    "grant_opened": "De subsidie is verleend: het besluit is bekendgemaakt",
}
