"""Typst beside our yearly report, in an environment of its own; only when asked for.

The report itself, not its looks: the same words, tables and pictures in the same order, the same two norms.
"""
