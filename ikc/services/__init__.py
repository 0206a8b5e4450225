"""The deeds in the register of IKCs: what is imported, changed, invited and ended."""
