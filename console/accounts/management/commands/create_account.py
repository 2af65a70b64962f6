"""`manage.py create_account`: a person, an account and its token, for scripts and operators."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console.accounts.services import create_account
from console.core.errors import DomainError


class Command(BaseCommand):
    """Makes a user with a confirmed e-mail address, an account and its token."""

    help = "Make a user with a confirmed e-mail address, an account and its token."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The options of the sandbox contract."""
        parser.add_argument("--email", required=True)
        parser.add_argument("--password", help="without one, they set it by a reset")
        parser.add_argument("--plan", choices=["trial", "full"], default="trial")
        parser.add_argument("--credit", help="US dollars")
        parser.add_argument("--staff", action="store_true")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints the auth id and, this once, the token."""
        try:
            made = create_account(
                email=options["email"],
                password=options["password"],
                plan=options["plan"],
                credit=options["credit"],
                staff=options["staff"],
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        facts = {
            "email": made.user.email,
            "auth_id": made.account.auth_id,
            "auth_token": made.token,
        }
        if options["json"]:
            self.stdout.write(json.dumps(facts))
            return
        for name, value in facts.items():
            self.stdout.write(f"{name}: {value}")
        self.stdout.write("The token is shown only now. Keep it.")
