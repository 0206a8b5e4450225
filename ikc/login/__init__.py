"""Logging in: django-allauth with its second factor, in the words and the style of the portal.

Only the flows of `urls.py` exist. There is no way to sign up: accounts come by invitation.
"""
