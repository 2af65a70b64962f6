"""Recordings in the console, and their files for everybody who may have them."""

from __future__ import annotations

import base64
import binascii
from typing import Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from console.accounts.decorators import member_required, writer_required
from console.accounts.middleware import ConsoleRequest
from console.accounts.services.tokens import authenticate_api
from console.core.errors import NotFound
from console.core.http import client_ip, render_page
from sandbox.recordings import files, selectors, services
from sandbox.recordings.answers import file_answer
from sandbox.recordings.models import FileFormat, Recording

_TYPES: Final = {FileFormat.MP3: "audio/mpeg", FileFormat.WAV: "audio/wav"}
_LINK: Final = "the key in the address is the permission"


@require_safe
@member_required
def recording_list(request: ConsoleRequest) -> HttpResponse:
    """The account's recordings, newest first, 50 a page; of one call with `?call_uuid=`."""
    call_uuid = _uuid(request.GET.get("call_uuid", ""))
    page = selectors.list_recordings(
        account=request.account, call_uuid=call_uuid, before=request.GET.get("before", "")
    )
    query = {"before": page.older} | ({"call_uuid": str(call_uuid)} if call_uuid else {})
    context = {
        "page": page,
        "call_uuid": call_uuid,
        "older": f"?{urlencode(query)}" if page.older else "",
        "days": settings.RECORDING_DAYS,
        "may_write": request.membership.may_write,
    }
    return render_page(request, "recordings/list.html", context)


@require_POST
@writer_required
def delete(request: ConsoleRequest, recording_id: UUID) -> HttpResponse:
    """Deletes a recording and its file."""
    try:
        services.delete_recording(
            account=request.account, recording_id=recording_id, actor=request.user
        )
    except NotFound as error:
        raise Http404 from error
    messages.success(request, "The recording is deleted.")
    return redirect("recordings:list")


@require_safe
def file(request: HttpRequest, recording_id: UUID) -> HttpResponseBase:
    """The file for its owner: a member who is signed in, or API credentials (Basic)."""
    if "Authorization" in request.headers:
        return _for_credentials(request, recording_id)
    return _for_member(request, recording_id)


@require_safe
def by_link(request: HttpRequest, recording_id: UUID, key: str, extension: str) -> HttpResponseBase:
    """The file for whoever has its unguessable address; the format in it is not looked at."""
    recording = Recording.objects.unscoped(_LINK).filter(pk=recording_id).first()
    if recording is None or not constant_time_compare(recording.link_key, key):
        raise Http404
    return _answer(request, recording)


@member_required
def _for_member(request: ConsoleRequest, recording_id: UUID) -> HttpResponseBase:
    try:
        recording = services.get_recording(account=request.account, recording_id=recording_id)
    except NotFound as error:
        raise Http404 from error
    return _answer(request, recording)


def _for_credentials(request: HttpRequest, recording_id: UUID) -> HttpResponseBase:
    auth_id, token = _basic(request.headers["Authorization"])
    credential = authenticate_api(auth_id=auth_id, token=token, ip=client_ip(request))
    if credential is None:
        refused = HttpResponse("Could not verify your access level.", status=401)
        refused["WWW-Authenticate"] = 'Basic realm="Recordings"'
        return refused
    try:
        recording = services.get_recording(
            account=credential.account,
            subaccount=credential.subaccount,
            recording_id=recording_id,
        )
    except NotFound as error:
        raise Http404 from error
    return _answer(request, recording)


def _answer(request: HttpRequest, recording: Recording) -> HttpResponseBase:
    try:
        if not recording.is_ready:
            raise FileNotFoundError
        return file_answer(
            request,
            files.path_of(recording),
            content_type=_TYPES[FileFormat(recording.file_format)],
            name=f"{recording.recording_id}.{recording.file_format}",
            download="download" in request.GET,
        )
    except FileNotFoundError:
        if recording.state in ("recording", "processing"):
            waiting = HttpResponse("The recording is not ready yet.", status=503)
            waiting["Retry-After"] = "1"
            return waiting
        raise Http404 from None


def _basic(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, token = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, token


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
