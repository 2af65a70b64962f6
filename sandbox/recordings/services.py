"""Recordings as pages, the API and rooms ask for them."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction

from console.accounts import audit
from console.accounts.actors import Actor
from console.accounts.models import Account, Subaccount
from console.core import clock
from console.core.errors import DomainError, NotFound
from sandbox.calls.models import Call, CallPhase
from sandbox.calls.services import get_call
from sandbox.calls.work import Work, lock
from sandbox.recordings import files, lines, live
from sandbox.recordings.models import (
    OPEN,
    FileFormat,
    Recording,
    RecordingKind,
    RecordingState,
)

DEFAULT_SECONDS: Final = 60
LONGEST_SECONDS: Final = 14_400
MOST_AT_ONCE: Final = 5
_ROOM: Final = "a room is recorded by the platform for its owner"


def get_recording(
    *, account: Account, recording_id: UUID, subaccount: Subaccount | None = None
) -> Recording:
    """The account's recording that is over (one query). Raises NotFound for anyone else's."""
    mine = Recording.objects.for_account(account, subaccount).listed()
    found = mine.filter(pk=recording_id).first()
    if found is None:
        raise NotFound
    return found


def of_call(*, account: Account, call_uuid: UUID) -> list[Recording]:
    """The recordings of a call, oldest first (one query)."""
    mine = Recording.objects.for_account(account).exclude(state=RecordingState.VOID)
    return list(mine.filter(call_uuid=call_uuid).order_by("created_at", "pk")[:50])


def start_recording(
    *,
    account: Account,
    call_uuid: UUID,
    subaccount: Subaccount | None = None,
    time_limit: int = DEFAULT_SECONDS,
    file_format: str = FileFormat.MP3,
    channels: int = 2,
    callback_url: str = "",
    callback_method: str = "POST",
) -> Recording:
    """Records a living call from now on (about eight queries).

    It ends by itself after `time_limit` seconds of telephone time, and with the call. Without a
    program that writes MP3 the file is a WAV and says so. Raises NotFound when the account has no
    such call that is answered and living, `too_many` when five recordings of it run already.
    """
    get_call(account=account, call_uuid=call_uuid, subaccount=subaccount)
    with transaction.atomic():
        call = lock(call_uuid)
        if call is None or call.phase != CallPhase.LIVE:
            raise NotFound
        running = Recording.objects.for_account(account).filter(call_uuid=call_uuid)
        if running.filter(state__in=OPEN).count() >= MOST_AT_ONCE:
            raise DomainError(
                f"This call has {MOST_AT_ONCE} recordings running; stop one first.",
                code="too_many",
                status=409,
            )
        work = Work(call, at=clock.now())
        recording = live.begun(
            call,
            at=work.at,
            kind=RecordingKind.CALL,
            asked_format=file_format,
            channels=channels,
            limit_seconds=min(max(1, time_limit), LONGEST_SECONDS),
            callback_url=callback_url,
            callback_method=callback_method,
        )
        work.tell(lines.begins(recording))
        work.save()
    return recording


def stop_recording(
    *, account: Account, call_uuid: UUID, subaccount: Subaccount | None = None, url: str = ""
) -> int:
    """Ends the recordings of a living call; with `url` that one alone. Gives how many.

    What a Record element waits for is its own to end. Raises NotFound for a call that is not the
    account's or is over.
    """
    get_call(account=account, call_uuid=call_uuid, subaccount=subaccount)
    with transaction.atomic():
        call = lock(call_uuid)
        if call is None or call.is_over:
            raise NotFound
        mine = Recording.objects.for_account(account).filter(call_uuid=call_uuid, blocking=False)
        running = mine.filter(state=RecordingState.RECORDING)
        if url:
            running = running.filter(link_key=_link_key(url))
        work = Work(call, at=clock.now())
        ended = [one for one in running if live.end(work, one, reason="Stopped")]
        if ended:
            work.save()
    return len(ended)


def end_by_limit(recording_id: UUID) -> bool:
    """The recording's time is over; False when it had ended before. May run twice."""
    found = Recording.objects.unscoped(live.REASON).filter(pk=recording_id)
    recording = found.first()
    if recording is None or recording.state != RecordingState.RECORDING:
        return False
    with transaction.atomic():
        call = lock(recording.call_uuid) if recording.call_uuid else None
        if call is None or call.is_over:
            return live.close(recording, at=clock.now(), reason="MaxLength")
        work = Work(call, at=clock.now())
        ended = live.end(work, recording, reason="MaxLength")
        if ended:
            work.save()
        return ended


def delete_recording(
    *, account: Account, recording_id: UUID, actor: Actor, subaccount: Subaccount | None = None
) -> None:
    """Deletes a recording with its file, for good (six queries). Raises NotFound."""
    recording = get_recording(account=account, recording_id=recording_id, subaccount=subaccount)
    with transaction.atomic():
        Recording.objects.for_account(account).filter(pk=recording.pk).delete()
        transaction.on_commit(lambda: files.remove(recording))
        audit.record(
            action="recording.deleted",
            actor=actor,
            account=account,
            object_type="recording",
            object_id=str(recording.pk),
        )


# Rooms: what conferences and multi-party calls ask for


def start_room_recording(
    *,
    account: Account,
    subaccount: Subaccount | None = None,
    conference_name: str = "",
    conference_uuid: UUID | None = None,
    mpc_name: str = "",
    mpc_uuid: UUID | None = None,
    file_format: str = FileFormat.MP3,
    callback_url: str = "",
    callback_method: str = "POST",
    call_uuid: UUID | None = None,
    limit_seconds: int = 0,
) -> Recording:
    """Records a room from now on, in the caller's transaction (two queries).

    `call_uuid` names the call that the API shows with it. Who is told when the file is ready is
    for `making.on_ready(RecordingKind.CONFERENCE, …)`; without one it is `callback_url`.
    """
    recording = Recording(
        account=account,
        subaccount=subaccount,
        call_uuid=call_uuid,
        kind=RecordingKind.CONFERENCE,
        conference_name=conference_name[:255],
        conference_uuid=conference_uuid,
        mpc_name=mpc_name[:255],
        mpc_uuid=mpc_uuid,
        asked_format=file_format,
        file_format=files.deliverable_format(file_format),
        channels=1,
        blocking=True,
        limit_seconds=limit_seconds,
        state=RecordingState.RECORDING,
        started_at=clock.now(),
        callback_url=callback_url,
        callback_method=callback_method,
    )
    recording.save(force_insert=True)
    live.plan_limit(recording)
    return recording


def stop_room_recording(*, recording_id: UUID, legs: list[UUID]) -> bool:
    """Ends a room's recording; False when it was over (three queries).

    `legs` are the legs that were in the room: what they heard and said is the sound of the file.
    """
    rooms = Recording.objects.unscoped(_ROOM).filter(pk=recording_id)
    rooms.update(legs=[str(leg) for leg in legs])
    recording = rooms.first()
    if recording is None or recording.state != RecordingState.RECORDING:
        return False
    return live.close(recording, at=clock.now(), reason="Stopped")


def start_track(
    *,
    call: Call,
    mpc_name: str,
    mpc_uuid: UUID,
    file_format: str = FileFormat.MP3,
    callback_url: str = "",
    callback_method: str = "POST",
) -> Recording:
    """Records what one participant of a room says, in the caller's transaction (three queries).

    `stop_track` ends it, not the call: whoever lets the call into the room takes it out again.
    """
    return live.begun(
        call,
        at=clock.now(),
        kind=RecordingKind.CONFERENCE,
        mpc_name=mpc_name[:255],
        mpc_uuid=mpc_uuid,
        asked_format=file_format,
        channels=1,
        blocking=True,
        own_track=True,
        callback_url=callback_url,
        callback_method=callback_method,
    )


def stop_track(*, recording_id: UUID) -> bool:
    """Ends a participant's own track; False when it was over (three queries)."""
    recording = Recording.objects.unscoped(_ROOM).filter(pk=recording_id).first()
    if recording is None or recording.state != RecordingState.RECORDING:
        return False
    return live.close(recording, at=clock.now(), reason="Stopped")


def _link_key(url: str) -> str:
    """The key in a public address of ours; "" for any other address."""
    parts = urlsplit(url).path.rstrip("/").split("/")
    return parts[-1].partition(".")[0] if parts else ""
