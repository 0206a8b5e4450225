"""BASELINE: the least that a logged-in list of 50 out of 10,000 rows costs in Django. What our pages are held against."""
