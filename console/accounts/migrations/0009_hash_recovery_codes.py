"""Recovery codes that were kept as a sealed seed are kept as hashes; they stay good (ACC-04)."""

from types import SimpleNamespace

from django.db import migrations

from console.accounts.recovery_codes import HashedCodes, hashed
from console.core.seals import SealBroken


def _hash(apps, editor):
    for row in _sets(apps).exclude(data__has_key="salt").iterator():
        seen_at = row.data.get("viewed_at")
        row.data = hashed(row.user_id, _left(row)) | {"viewed_at": seen_at}
        row.save(update_fields=["data"])


def _forget(apps, editor):
    # Nothing leads back from a hash: new codes are made in the settings.
    _sets(apps).delete()


def _sets(apps):
    return apps.get_model("mfa", "Authenticator").objects.filter(type="recovery_codes")


def _left(row):
    try:
        return HashedCodes.__base__(SimpleNamespace(data=row.data)).get_unused_codes()
    except SealBroken:  # sealed with a key that is gone: they did not work any more
        return []


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_state_closing"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations = [migrations.RunPython(_hash, _forget)]
