"""Applications: what the platform asks when a call or a message comes in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from console.accounts.models import Account, Subaccount
from console.accounts.querysets import TenantQuerySet
from console.core import clock, randomness

LONGEST_NAME = 80
LONGEST_URL = 2000


def new_app_id() -> str:
    """A fresh app id: 17 decimal digits, none a zero at the start (compat: identifiers)."""
    return str(1 + randomness.below(9)) + randomness.digits(16)


class Method(models.TextChoices):
    """How a customer's URL is asked."""

    POST = "POST", "POST"
    GET = "GET", "GET"


def _method() -> models.CharField[str, str]:
    return models.CharField(max_length=4, choices=Method.choices, default=Method.POST)


def _url() -> models.CharField[str, str]:
    return models.CharField(max_length=LONGEST_URL, blank=True, default="")


def _one_default(kind: str) -> list[models.UniqueConstraint]:
    """At most one default of the account itself, and one of each subaccount (TEN-03)."""
    chosen = Q(**{f"default_{kind}_app": True})
    return [
        models.UniqueConstraint(
            fields=["account"],
            condition=chosen & Q(subaccount=None),
            name=f"one_default_{kind}_app",
        ),
        models.UniqueConstraint(
            fields=["subaccount"],
            condition=chosen & Q(subaccount__isnull=False),
            name=f"one_default_{kind}_app_of_subaccount",
        ),
    ]


METHODS = ("answer_method", "fallback_method", "hangup_method", "message_method")
URLS = ("answer_url", "fallback_answer_url", "hangup_url", "message_url")


class Application(models.Model):
    """Four URLs with their methods, under a name (compat: Application).

    An empty `hangup_url` means the answer URL, as the compatible API does; `url_for_hangup` says
    so. At most one application of an account is the default for new numbers, and one for new
    endpoints; a subaccount has its own.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="applications")
    subaccount = models.ForeignKey(
        Subaccount, on_delete=models.SET_NULL, null=True, blank=True, related_name="applications"
    )
    app_id = models.CharField(max_length=17, unique=True, default=new_app_id, editable=False)
    name = models.CharField(max_length=LONGEST_NAME)
    answer_url = _url()
    answer_method = _method()
    fallback_answer_url = _url()
    fallback_method = _method()
    hangup_url = _url()
    hangup_method = _method()
    message_url = _url()
    message_method = _method()
    default_number_app = models.BooleanField(default=False)
    default_endpoint_app = models.BooleanField(default=False)
    public_uri = models.BooleanField(default=False)
    enabled = models.BooleanField(default=True)
    log_incoming_messages = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)
    # Of the form that made it: sending the form twice makes one.
    form_key = models.UUIDField(null=True, blank=True, editable=False)

    objects = TenantQuerySet["Application"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "form_key"], name="one_application_a_form"),
            models.CheckConstraint(
                condition=Q(app_id__regex=r"^[1-9][0-9]{16}$"), name="application_app_id_form"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="application_has_name"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{field}__in": Method.values}),
                    name=f"application_{field}_known",
                )
                for field in METHODS
            ),
            *_one_default("number"),
            *_one_default("endpoint"),
        ]
        indexes = [
            # The list, newest first: /applications/ and GET Application/.
            models.Index(fields=["account", "-created_at", "-id"], name="application_list"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def sip_uri(self) -> str:
        """Where SIP calls reach the application: `sip:{app_id}@app.<domain>`."""
        return f"sip:{self.app_id}@app.{settings.SIP_DOMAIN.removeprefix('phone.')}"

    @property
    def url_for_hangup(self) -> tuple[str, str]:
        """URL and method of the hangup callback: the answer URL's where none is set."""
        if self.hangup_url:
            return self.hangup_url, self.hangup_method
        return self.answer_url, self.answer_method
