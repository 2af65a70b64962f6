"""Message detail records (compat: MDR): one row a message, with the line of its states."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from console.accounts.models import Account, Subaccount
from console.accounts.querysets import TenantQuerySet
from console.applications.models import LONGEST_URL, Method
from console.core import clock, randomness
from console.core.message_errors import MESSAGE_ERRORS
from console.core.models import E164Field, e164_check
from console.core.money import ZERO, MoneyField
from console.records.models import PLAIN_PARTIES, Direction
from sandbox.messages.models.pools import Powerpack
from sandbox.messages.parts import Encoding
from sandbox.messages.states import FAULTS, State, is_final, states_of

LONGEST_PARTY = 64


class MessageType(models.TextChoices):
    """What is sent."""

    SMS = "sms", "SMS"
    MMS = "mms", "MMS"


class Log(models.TextChoices):
    """What is kept of a message (compat: rest, `log`)."""

    ALL = "true", "Everything"
    NOTHING = "false", "Neither text nor number"
    CONTENT = "content_only", "The text, not the number"
    NUMBER = "number_only", "The number, not the text"


class Intent(models.TextChoices):
    """What the words of an incoming text ask for (compat: callbacks 3.3)."""

    NONE = "", "Nothing"
    OUT = "optout", "Opt out"
    IN = "optin", "Opt in"
    HELP = "help", "Help"


class Message(models.Model):
    """One message and its record. Times are UTC, money US dollars, `rate` is for one part.

    `text` is None when its 30 days are over, or earlier when `log` says so. Where `log` hides the
    other party, `from_number` or `to_number` holds the masked form from the start, and
    `hidden_party` the number itself until the message is settled. `detail` says in plain words why
    it went wrong. `sequence` counts states; `hops` how many replies by program led here;
    `forgotten` says that the periodic job has emptied it.
    """

    uuid = models.UUIDField(default=randomness.new_uuid, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    subaccount = models.ForeignKey(
        Subaccount, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    app_id = models.CharField(max_length=17, blank=True, default="")
    call_uuid = models.UUIDField(null=True, blank=True)
    powerpack = models.ForeignKey(
        Powerpack, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    form_key = models.UUIDField(null=True, blank=True, editable=False)
    direction = models.CharField(max_length=8, choices=Direction.choices)
    state = models.CharField(max_length=11, choices=State.choices)
    type = models.CharField(max_length=3, choices=MessageType.choices, default=MessageType.SMS)
    origin = models.CharField(max_length=24, blank=True, default="")
    from_number = models.CharField(max_length=LONGEST_PARTY)
    to_number = models.CharField(max_length=LONGEST_PARTY)
    hidden_party = models.CharField(max_length=16, blank=True, default="")
    country = models.CharField(max_length=3, blank=True, default="")
    text = models.TextField(null=True, blank=True)
    media_urls: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    encoding = models.CharField(max_length=4, choices=Encoding.choices, default=Encoding.GSM)
    units = models.PositiveSmallIntegerField(default=1)
    rate = MoneyField(default=ZERO)
    amount = MoneyField(default=ZERO)
    error_code = models.PositiveSmallIntegerField(null=True, blank=True)
    detail = models.CharField(max_length=400, blank=True, default="")
    callback_url = models.CharField(max_length=LONGEST_URL, blank=True, default="")
    callback_method = models.CharField(max_length=4, choices=Method.choices, default=Method.POST)
    log = models.CharField(max_length=12, choices=Log.choices, default=Log.ALL)
    intent = models.CharField(max_length=6, choices=Intent.choices, blank=True, default="")
    trackable = models.BooleanField(default=False)
    dlt: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    requester_ip = models.GenericIPAddressField(null=True, blank=True)
    hops = models.PositiveSmallIntegerField(default=0)
    tells = models.PositiveSmallIntegerField(default=0)
    sequence = models.PositiveSmallIntegerField(default=1)
    message_time = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(default=clock.now)
    forgotten = models.BooleanField(default=False)
    # As in Cdr: whether both parties can go into a CSV as they are (CSV-02).
    plain_parties = models.GeneratedField(
        expression=PLAIN_PARTIES, output_field=models.BooleanField(), db_persist=True
    )

    objects = TenantQuerySet["Message"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "form_key"], name="one_message_a_form"),
            models.CheckConstraint(
                condition=Q(
                    direction=Direction.OUTBOUND,
                    state__in=sorted(states_of(Direction.OUTBOUND)),
                )
                | Q(direction=Direction.INBOUND, state__in=sorted(states_of(Direction.INBOUND))),
                name="message_state_fits_direction",
            ),
            models.CheckConstraint(
                condition=Q(type__in=MessageType.values), name="message_type_known"
            ),
            models.CheckConstraint(
                condition=Q(encoding__in=Encoding.values), name="message_encoding_known"
            ),
            models.CheckConstraint(condition=Q(log__in=Log.values), name="message_log_known"),
            models.CheckConstraint(
                condition=Q(intent__in=Intent.values), name="message_intent_known"
            ),
            models.CheckConstraint(condition=Q(units__gte=1), name="message_has_a_part"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="message_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(error_code=None) | Q(state__in=FAULTS),
                name="message_error_only_of_a_fault",
            ),
            models.CheckConstraint(
                condition=Q(direction=Direction.INBOUND)
                | Q(sent_at__isnull=False)
                | Q(state__in=[State.QUEUED, State.FAILED, State.REJECTED]),
                name="message_sent_has_its_time",
            ),
        ]
        indexes = [
            # The list and the download, newest first: /messages/ and GET Message/.
            models.Index(fields=["account", "-message_time", "-id"], name="message_list"),
            models.Index(fields=["account", "from_number", "-message_time"], name="message_from"),
            models.Index(fields=["account", "to_number", "-message_time"], name="message_to"),
            models.Index(fields=["account", "state", "-message_time"], name="message_by_state"),
            models.Index(
                fields=["account", "error_code", "-message_time"],
                name="message_by_error",
                condition=Q(error_code__isnull=False),
            ),
            # What waits for its sender (BG-05).
            models.Index(
                fields=["message_time"],
                name="message_waiting",
                condition=Q(state=State.QUEUED),
            ),
            # What still holds words and addresses after 30 days, and rows whose 90 are over.
            models.Index(
                fields=["message_time"],
                name="message_to_forget",
                condition=Q(forgotten=False),
            ),
            models.Index(fields=["message_time"], name="message_age"),
            models.Index(
                fields=["call_uuid"],
                name="message_of_call",
                condition=Q(call_uuid__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def is_outbound(self) -> bool:
        """Whether it leaves the platform."""
        return self.direction == Direction.OUTBOUND

    @property
    def is_final(self) -> bool:
        """Whether nothing can change any more."""
        return is_final(self.direction, self.state)

    @property
    def sender(self) -> str:
        """The true number that it comes from; masked when that is gone already."""
        return self.from_number if self.is_outbound else self.hidden_party or self.from_number

    @property
    def receiver(self) -> str:
        """The true number that it goes to; masked when that is gone already."""
        return self.hidden_party or self.to_number if self.is_outbound else self.to_number

    @property
    def error_message(self) -> str:
        """The reason that belongs to the error code; "" when all is well."""
        return "" if self.error_code is None else MESSAGE_ERRORS.get(self.error_code, "")

    @property
    def keeps_text(self) -> bool:
        """Whether `log` lets the text stay once the message has gone."""
        return self.log in (Log.ALL, Log.CONTENT)

    @property
    def hides_number(self) -> bool:
        """Whether `log` masks the other party."""
        return self.log in (Log.NOTHING, Log.CONTENT)


class MessageEvent(models.Model):
    """A state that a message came into. `delivery` is the callback that told the customer."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="events")
    sequence = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=11, choices=State.choices)
    error_code = models.PositiveSmallIntegerField(null=True, blank=True)
    detail = models.CharField(max_length=400, blank=True, default="")
    delivery = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(fields=["message", "sequence"], name="message_event_once"),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="message_event_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} #{self.sequence}"


class OptOut(models.Model):
    """A phone that texted STOP to a number of the account: nothing goes that way until START."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    source = E164Field()
    destination = E164Field()
    at = models.DateTimeField(default=clock.now)

    objects = TenantQuerySet["OptOut"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "source", "destination"], name="opt_out_once"
            ),
            e164_check("source", name="opt_out_source_e164"),
            e164_check("destination", name="opt_out_destination_e164"),
        ]

    def __str__(self) -> str:
        return f"{self.destination} from {self.source}"
