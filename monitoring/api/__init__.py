"""The link for machines of the research bureau: read a round, write its figures. See docs/adr/0018."""
