"""Media of MMS messages: taken in, found, linked to, forgotten."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import PurePath
from typing import IO, Final
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse

from console.accounts import audit
from console.accounts.actors import Actor
from console.accounts.models import Account, Subaccount
from console.core import clock, randomness
from console.core.errors import DomainError, NotFound
from sandbox.messages.models import Media, Message
from sandbox.messages.models.media import LONGEST_FILE_NAME

MOST_BYTES: Final = 5 * 1024 * 1024
KEPT: Final = timedelta(days=30)
TYPES: Final = {
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "mpeg": "video/mpeg",
    "wav": "audio/wav",
    "ogg": "audio/ogg",
    "3gpp": "video/3gpp",
    "3gpp2": "video/3gpp2",
    "vcard": "text/vcard",
    "csv": "text/csv",
    "pdf": "application/pdf",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xcf": "image/x-xcf",
    "plain": "text/plain",
    "txt": "text/plain",
}
"""File endings that are taken (compat: rest, Media), and as what they are served."""
SHOWN_IN_PLACE: Final = frozenset({"image/jpeg", "image/png", "image/gif"})
_BEGINNINGS: Final = {
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "application/pdf": (b"%PDF-",),
}
_SALT: Final = "messages.media"
FOLDER: Final = "messages"


def upload_media(
    *,
    account: Account,
    file_name: str,
    content: bytes,
    subaccount: Subaccount | None = None,
) -> Media:
    """Keeps a file (one query); raises DomainError `invalid_media`.

    The bytes are written before the row, so that a row always has its file; `sweep` finds what a
    killed process left behind.
    """
    name = PurePath(file_name.replace("\\", "/")).name
    kind = TYPES.get(PurePath(name).suffix.lower().removeprefix("."))
    if kind is None:
        raise _bad(f"Files of this type are not taken. Use one of: {', '.join(sorted(TYPES))}.")
    if not content:
        raise _bad("The file is empty.")
    if len(content) > MOST_BYTES:
        raise _bad("A file has at most 5 MB.")
    beginnings = _BEGINNINGS.get(kind)
    if beginnings and not content.startswith(beginnings):
        raise _bad("The file is not what its name says.")
    made = Media(
        uuid=randomness.new_uuid(),
        account=account,
        subaccount=subaccount,
        file_name=_clean_name(name),
        content_type=kind,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    default_storage.save(path_of(made.uuid), ContentFile(content))
    made.save(force_insert=True)
    return made


def _bad(message: str) -> DomainError:
    return DomainError(message, code="invalid_media", field="file")


def _clean_name(name: str) -> str:
    return "".join(sign for sign in name if sign.isprintable())[-LONGEST_FILE_NAME:]


def path_of(uuid: UUID) -> str:
    """Where the bytes lie, below the media folder; nothing of it comes from a user."""
    return f"{FOLDER}/{uuid.hex[:2]}/{uuid.hex}"


def read_media(media: Media) -> IO[bytes]:
    """The bytes; raises NotFound when they are gone already."""
    try:
        opened: IO[bytes] = default_storage.open(path_of(media.uuid), "rb")
    except FileNotFoundError as error:
        raise NotFound from error
    return opened


def find_media(
    *, account: Account, uuids: Sequence[UUID | str], subaccount: Subaccount | None = None
) -> list[Media]:
    """The account's media in the order asked for (one query, none for none); raises NotFound."""
    if not uuids:
        return []
    try:
        wanted = [uuid if isinstance(uuid, UUID) else UUID(uuid) for uuid in uuids]
    except (ValueError, AttributeError, TypeError) as error:
        raise NotFound("There is no media with this id.", field="media_ids") from error
    rows = {
        one.uuid: one
        for one in Media.objects.for_account(account, subaccount).filter(uuid__in=wanted)
    }
    if any(uuid not in rows for uuid in wanted):
        raise NotFound("There is no media with this id.", field="media_ids")
    found = [rows[uuid] for uuid in wanted]
    if sum(one.size for one in found) > MOST_BYTES:
        message = "The media of one message have at most 5 MB together."
        raise DomainError(message, code="invalid_media", field="media_ids")
    return found


def attach(files: Sequence[Media], messages: Sequence[Message]) -> None:
    """Writes down which messages carry the files (one query, none for none)."""
    pairs = [(file.pk, message.pk) for file in files for message in messages]
    through = Media.messages.through
    through.objects.bulk_create(
        [through(media_id=file, message_id=message) for file, message in pairs]
    )


def files_of(message: Message) -> list[Media]:
    """The uploaded files that a message carries (one query)."""
    mine = Media.objects.for_account(message.account)
    return list(mine.filter(messages=message).order_by("pk"))


def carriers_of(files: Sequence[Media]) -> dict[int, UUID]:
    """For each file the first message that carries it (one query)."""
    pairs = Media.messages.through.objects.filter(media__in=[file.pk for file in files])
    return dict(pairs.order_by("-pk").values_list("media_id", "message__uuid"))


@transaction.atomic
def delete_media(*, media: Media, actor: Actor, ip: str = "") -> None:
    """Deletes row and file; records of messages that carried it stay. Audited."""
    audit.record(
        action="media.deleted",
        actor=actor,
        account=media.account,
        object_type="media",
        object_id=str(media.uuid),
        data={"file_name": media.file_name},
        ip=ip,
    )
    Media.objects.for_account(media.account).filter(pk=media.pk).delete()
    transaction.on_commit(partial(default_storage.delete, path_of(media.uuid)), robust=True)


def signed_path(media: Media) -> str:
    """The path of the file: whoever has it may read the file while it is kept."""
    key = signing.Signer(salt=_SALT).signature(str(media.uuid))
    return f"{reverse('messages:media', args=[media.uuid])}?key={key}"


def link(media: Media) -> str:
    """The same at our public address."""
    return f"{settings.PUBLIC_URL}{signed_path(media)}"


def links(media: Iterable[Media]) -> list[str]:
    """The signed addresses, in order."""
    return [link(one) for one in media]


def by_link(uuid: UUID, key: str) -> Media:
    """The file that a signed address names (one query); raises NotFound for a forged one."""
    try:
        signing.Signer(salt=_SALT).unsign(f"{uuid}:{key}")
    except signing.BadSignature as error:
        raise NotFound from error
    found = Media.objects.unscoped("the signature says who may").filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


def prune() -> int:
    """Forgets files older than 30 days, as message texts are; gives how many (trust section 11)."""
    old = Media.objects.unscoped("retention").filter(uploaded_at__lt=clock.now() - KEPT)
    some = list(old[:500])
    Media.objects.unscoped("retention").filter(pk__in=[one.pk for one in some]).delete()
    for one in some:
        transaction.on_commit(partial(default_storage.delete, path_of(one.uuid)), robust=True)
    return len(some)


def sweep() -> int:
    """Deletes files that no row names and that are a day old: of killed uploads, and of accounts
    that are gone. Gives how many (one query a folder, 256 at most).
    """
    if not default_storage.exists(FOLDER):
        return 0
    before, gone = clock.now() - timedelta(days=1), 0
    for folder in default_storage.listdir(FOLDER)[0]:
        names = default_storage.listdir(f"{FOLDER}/{folder}")[1]
        paths = {name: f"{FOLDER}/{folder}/{name}" for name in names if _is_ours(name)}
        rows = Media.objects.unscoped("retention").filter(uuid__in=[UUID(name) for name in paths])
        known = {uuid.hex for uuid in rows.values_list("uuid", flat=True)}
        for name, path in paths.items():
            if name not in known and default_storage.get_modified_time(path) < before:
                default_storage.delete(path)
                gone += 1
    return gone


def _is_ours(name: str) -> bool:
    return len(name) == 32 and all(sign in "0123456789abcdef" for sign in name)
