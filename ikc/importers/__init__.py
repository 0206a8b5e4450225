"""Readers of official files: bytes in, checked rows and row errors out. No database, no clock, no network."""
