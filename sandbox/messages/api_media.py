"""Media over the API (compat/rest.md, Media)."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.urls import path
from rest_framework import serializers

from console.api.call import ApiCall, Reply
from console.api.fields import Args
from console.api.operations import OBJECT, PAGE, Resource, operation
from console.api.paging import limits, listed
from console.core import clock
from console.core.errors import DomainError, NotFound
from sandbox.messages.media import MOST_BYTES, carriers_of, find_media, link, upload_media
from sandbox.messages.models import Media

TAG: Final = "Media"
_MOST_FILES: Final = 10


class MediaObject(serializers.Serializer[Any]):
    """A file; `media_url` is signed, so that whoever has it may read it."""

    content_type = serializers.CharField()
    file_name = serializers.CharField()
    media_id = serializers.CharField()
    media_url = serializers.CharField()
    message_uuid = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    upload_time = serializers.CharField()


class MessageMediaAnswer(serializers.Serializer[Any]):
    """The files of a message."""

    message_uuid = serializers.CharField()
    objects = MediaObject(many=True)


class Uploaded(MediaObject):
    """A file that was taken, or why it was not."""

    status = serializers.CharField()
    status_code = serializers.IntegerField()
    error = serializers.CharField(required=False)


class UploadAnswer(serializers.Serializer[Any]):
    """One line a file."""

    objects = Uploaded(many=True)


class Upload(Args):
    """Parts of multipart/form-data that are called `file`."""

    heeded = frozenset({"file"})


def uuid_of(text: str) -> UUID:
    """The id in a path or an argument; raises NotFound for anything else (TEN-02)."""
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error


def shape(media: Media, message_uuid: str = "") -> dict[str, Any]:
    """A file as the API shows it; no query."""
    return {
        "content_type": media.content_type,
        "file_name": media.file_name,
        "media_id": str(media.uuid),
        "media_url": link(media),
        "message_uuid": message_uuid,
        "size": media.size,
        "upload_time": clock.zulu(media.uploaded_at),
    }


class MediaList(Resource):
    """`Media/`."""

    most_bytes = _MOST_FILES * MOST_BYTES + 1_048_576  # and what multipart puts around them

    @operation(
        "media_list",
        summary="List media",
        tag=TAG,
        answer=MediaObject,
        kind=PAGE,
        errors=(400,),
        python="client.media.list(limit=20, offset=0)",
        node="client.media.list()",
    )
    def get(self, call: ApiCall) -> Reply:
        """Newest first, as long as they are kept: 30 days."""
        limit, offset = limits(call.raw)
        mine = Media.objects.for_account(call.account, call.subaccount)
        found = list(mine.order_by("-uploaded_at", "-id")[offset : offset + limit])
        carriers = carriers_of(found)
        shown = [shape(one, str(carriers.get(one.pk, ""))) for one in found]
        return listed(call, shown, mine.count(), limit, offset)

    @operation(
        "media_upload",
        summary="Upload media",
        tag=TAG,
        args=Upload,
        answer=UploadAnswer,
        kind=OBJECT,
        status=201,
        errors=(400, 413),
        python='client.media.upload(["cat.png"])',
        node='client.media.upload(["cat.png"])',
    )
    def post(self, call: ApiCall) -> Reply:
        """At most ten files of 5 MB; each has a line of its own in the answer."""
        if not call.files:
            raise DomainError("file parameter is missing", code="missing_parameter", field="file")
        if len(call.files) > _MOST_FILES:
            message = f"Send at most {_MOST_FILES} files at once."
            raise DomainError(message, code="too_many", field="file")
        lines = [_take(call, file) for file in call.files]
        if all(line["status"] == "failed" for line in lines):
            raise DomainError(lines[0]["error"], code="invalid_media", field="file")
        return Reply(201, {"objects": lines})


def _take(call: ApiCall, file: Any) -> dict[str, Any]:
    try:
        made = upload_media(
            account=call.account,
            subaccount=call.subaccount,
            file_name=file.name or "",
            # One byte more than is taken says that it is too large, whatever its size.
            content=file.read(MOST_BYTES + 1),
        )
    except DomainError as error:
        return {
            "file_name": file.name,
            "status": "failed",
            "status_code": error.status,
            "error": error.message,
        }
    return {**shape(made), "status": "success", "status_code": 201}


class OneMedia(Resource):
    """`Media/{media_id}/`."""

    @operation(
        "media_get",
        summary="Get one file's particulars",
        tag=TAG,
        answer=MediaObject,
        python='client.media.get("91f8f9ce-e236-474f-a2b8-f75d9c35988a")',
        node='client.media.get("91f8f9ce-e236-474f-a2b8-f75d9c35988a")',
    )
    def get(self, call: ApiCall, media_id: str) -> Reply:
        """The file itself is at `media_url`."""
        found = find_media(
            account=call.account, subaccount=call.subaccount, uuids=[uuid_of(media_id)]
        )
        return Reply(200, shape(found[0]))


urlpatterns = [
    path("Media/", MediaList.as_view()),
    path("Media/<str:media_id>/", OneMedia.as_view()),
]
