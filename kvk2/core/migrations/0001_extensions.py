from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension, UnaccentExtension
from django.db import migrations


class Migration(migrations.Migration):
    """What exclusion constraints and searching need; every other first migration depends on this one."""

    dependencies = []
    operations = [BtreeGistExtension(), TrigramExtension(), UnaccentExtension()]
