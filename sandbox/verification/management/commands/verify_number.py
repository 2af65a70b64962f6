"""`manage.py verify_number`: an operator vouches for a number."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console.accounts.models import Account
from console.core.errors import DomainError
from sandbox.verification import services


class Command(BaseCommand):
    """Marks a number verified for an account, without a code; audited."""

    help = "Vouch for a number of an account: verified without a code, and audited."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The account's auth id and the number in E.164."""
        parser.add_argument("auth_id")
        parser.add_argument("number")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints what the number is now."""
        account = Account.objects.filter(auth_id=options["auth_id"]).first()
        if account is None:
            raise CommandError("There is no account with this auth id.")
        try:
            number = services.vouch(account=account, raw=options["number"], actor="operator")
        except DomainError as error:
            raise CommandError(error.message) from error
        assert number.expires_at is not None
        facts = {
            "auth_id": account.auth_id,
            "number": number.e164,
            "state": number.state,
            "network": number.network,
            "expires_at": number.expires_at.isoformat(),
        }
        if options["json"]:
            self.stdout.write(json.dumps(facts))
        else:
            self.stdout.write(f"{number.e164} is verified for {account.auth_id}.")
