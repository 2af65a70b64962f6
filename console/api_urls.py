"""The routes of the REST API; each app keeps its own in `api.py` (`urlpatterns`, `outside`)."""

from __future__ import annotations

from types import ModuleType

from django.urls import URLPattern, include, path

from console.api import absent, account_resources, subaccount_resources
from console.applications import api as applications
from console.endpoints import api as endpoints
from console.endpoints import token_api as endpoint_tokens
from console.exports import api as exports
from console.numbers import api as numbers
from console.numbers import stock_api as phone_numbers
from console.papers import api as papers
from sandbox.calls import api as calls
from sandbox.conferences import api as conferences
from sandbox.conferences import member_api as conference_members
from sandbox.conferences import mpc_api, participant_api
from sandbox.conferences import recording_api as room_recordings
from sandbox.fence import api as fence
from sandbox.messages import api as messages
from sandbox.network import api as handsets
from sandbox.network import world_api
from sandbox.recordings import api as recordings
from sandbox.streams import api as streams
from sandbox.verification import api as verification

APPS: tuple[ModuleType, ...] = (
    absent,  # first: PhoneNumber/Compliance/ is no number
    account_resources,
    subaccount_resources,
    applications,
    endpoints,
    numbers,
    phone_numbers,
    papers,
    exports,
    messages,
    verification,
    recordings,
    streams,
    room_recordings,  # before names, which may hold a slash
    conference_members,
    conferences,
    participant_api,
    mpc_api,
    endpoint_tokens,
    calls,
    fence,
    handsets,
    world_api,
)
_in_account: list[URLPattern] = [one for app in APPS for one in app.urlpatterns]
_outside: list[URLPattern] = [one for app in APPS for one in getattr(app, "outside", [])]

urlpatterns = [
    *(path("v1/", include([one])) for one in _outside),
    path("v1/Account/<str:auth_id>/", include(_in_account)),
]
