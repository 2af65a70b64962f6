"""`/design/`: every component in every state, while debug is on."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from console.core import clock
from console.core.charts import Day, daily
from console.core.errors import DomainError
from console.home import onboarding
from console.home.dashboard import answer_rates


class SampleForm(forms.Form):
    """Fields of every kind."""

    takes_focus = False  # a wrong one stands amid the page

    email = forms.EmailField(label="Email", help_text="We send a confirmation there.")
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    phone_number = forms.CharField(label="Phone number", max_length=20)
    code = forms.CharField(label="Code", max_length=6)
    country = forms.ChoiceField(
        label="Country", choices=[("US", "United States"), ("GB", "United Kingdom")]
    )
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    channel = forms.ChoiceField(
        label="How should the code arrive?",
        choices=[("sms", "As a message"), ("call", "By a call")],
        widget=forms.RadioSelect,
    )
    agree = forms.BooleanField(label="Use it for new numbers")


_STATES = (
    "pending", "verified", "expired", "ringing", "in_progress", "completed", "busy", "no_answer",
    "failed", "canceled",
)  # fmt: skip
_XML = """<Response>
  <Speak>Hello. Press 1 to reach a person.</Speak>
  <Dial callerId="14155550100"><Number>447700900123</Number></Dial>
</Response>"""


def _days(last: date) -> list[Day]:
    """A fortnight with a busy, a quiet and a bad day."""
    counts = (120, 134, 98, 20, 14, 141, 155, 0, 149, 128, 31, 22, 160, 75)
    return [
        Day(
            last - timedelta(13 - i),
            good=n,
            neither=n // 5,
            failed=40 if i == 8 else n // 30,
        )
        for i, n in enumerate(counts)
    ]


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The page; no query of its own."""
    now = clock.now()
    wrong = SampleForm({"email": "not an address", "phone_number": "12", "channel": "sms"})
    wrong.is_valid()
    wrong.add_error(None, "This form could not be saved. Mend the fields below and send it again.")
    return render(
        request,
        "home/design.html",
        {
            "form": SampleForm(auto_id="a_%s"),
            "wrong": wrong,
            "states": _STATES,
            "moments": [now, now - timedelta(minutes=5), now - timedelta(days=2), None],
            "amount": Decimal("0.136"),
            "refusal": DomainError(
                "This number is not verified yet.", code="number_not_verified", fix_url="#"
            ),
            "xml": _XML,
            "chart": daily(_days(now.date())),
            "spark": answer_rates(_days(now.date())),
            "steps": [
                onboarding.State(step, i, i == 1, i == 2, "#")
                for i, step in enumerate(onboarding.STEPS, start=1)
            ],
        },
    )
