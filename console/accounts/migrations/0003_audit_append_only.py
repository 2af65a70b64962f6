"""Triggers that refuse changes of the audit log, for the database in use."""

from django.db import migrations

from console.accounts.audit_triggers import OFF, ON


def _switch_on(apps, editor):
    for statement in ON[editor.connection.vendor]:
        editor.execute(statement)


def _switch_off(apps, editor):
    for statement in OFF[editor.connection.vendor]:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_tokens_audit_mail")]
    operations = [migrations.RunPython(_switch_on, _switch_off)]
