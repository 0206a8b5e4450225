"""How the yearly reports look on paper: from a frozen dataset to what the templates print."""
