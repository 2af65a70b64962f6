"""Pages of powerpacks and media, over HTTP."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from console.accounts.models import AuditEvent
from console.core import clock
from console.numbers.models import DidType, RentedNumber, StockNumber
from sandbox.messages import media, powerpacks
from sandbox.messages.models import Media, Message, Powerpack

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\nrest"
HOME = "/messages/powerpacks/"


@pytest.fixture
def signed_in(client, owner):
    client.force_login(owner)
    return client


@pytest.fixture
def pack(account) -> Powerpack:
    return powerpacks.create_powerpack(account=account, actor="system", name="Reminders")


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def rent(account, number: str = "+12065550150", **given) -> RentedNumber:
    facts = {"country": "US", "type": DidType.LOCAL, "sms_enabled": True, **given}
    stock = StockNumber.objects.create(number=number, national=number[2:], **facts)
    return RentedNumber.objects.create(
        account=account, stock=stock, number=number, renewal_date=date(2026, 4, 2)
    )


def path(pack, deed: str = "") -> str:
    return f"{HOME}{pack.uuid}/{deed}"


def test_an_empty_list_says_what_to_do(signed_in):
    assert "You have no powerpack yet" in signed_in.get(HOME).content.decode()


def test_the_list_counts_the_numbers_that_are_still_rented(signed_in, account, pack, other_account):
    powerpacks.create_powerpack(account=other_account, actor="system", name="Theirs")
    for number in ("+12065550150", "+12065550151"):
        rent(account, number)
        powerpacks.add_number(pack=pack, number=number, actor="system")
    RentedNumber.objects.filter(number="+12065550151").update(released_at=clock.now())
    page = signed_in.get(HOME).content.decode()
    assert "Reminders" in page
    assert '<td class="num">1</td>' in page
    assert "Theirs" not in page


def test_a_powerpack_is_made_on_the_page(signed_in, account):
    answer = signed_in.post(f"{HOME}new/", {"name": "Reminders", "local_connect": "on"})
    made = Powerpack.objects.get()
    assert answer.headers["Location"] == path(made)
    assert (made.name, made.sticky_sender, made.local_connect) == ("Reminders", False, True)


def test_a_powerpack_without_a_name_is_not_made(signed_in):
    assert signed_in.post(f"{HOME}new/", {"name": " "}).status_code == 400
    assert not Powerpack.objects.exists()


def test_its_settings_are_changed_on_its_page(signed_in, pack):
    assert signed_in.post(path(pack), {"name": "News"}).status_code == 302
    pack.refresh_from_db()
    assert (pack.name, pack.sticky_sender) == ("News", False)


def test_numbers_that_can_text_are_offered_put_in_and_taken_out(signed_in, account, pack):
    rented = rent(account)
    rent(account, "+12065550151", sms_enabled=False)
    page = signed_in.get(path(pack)).content.decode()
    assert f'<option value="{rented.number}">' in page
    assert "+12065550151" not in page
    signed_in.post(path(pack, "add/"), {"number": rented.number})
    page = signed_in.get(path(pack)).content.decode()
    assert "Every number of yours that can text is in it" in page
    assert "Take +12065550150 out of the pool" in page
    assert "+1 206 555 0150" in page
    signed_in.post(path(pack, "remove/"), {"number": rented.number})
    assert not powerpacks.members(pack).exists()
    rented.refresh_from_db()
    assert rented.released_at is None


@pytest.mark.parametrize("deed", ["add/", "remove/"])
@pytest.mark.parametrize("number", ["", "+12065550150", "x\u0660"])
def test_ten_03_a_number_of_someone_else_is_none(signed_in, pack, other_account, deed, number):
    rent(other_account)
    assert signed_in.post(path(pack, deed), {"number": number}).status_code == 302
    assert not powerpacks.members(pack).exists()


def test_deleting_a_powerpack_keeps_its_numbers(signed_in, account, pack):
    rented = rent(account)
    powerpacks.add_number(pack=pack, number=rented.number, actor="system")
    assert signed_in.post(path(pack, "delete/")).headers["Location"] == HOME
    assert not Powerpack.objects.exists()
    assert RentedNumber.objects.get().released_at is None


def test_an_analyst_sees_the_pages_and_no_button_that_changes_something(
    client, analyst, account, pack
):
    rented = rent(account)
    powerpacks.add_number(pack=pack, number=rented.number, actor="system")
    media.upload_media(account=account, file_name="map.png", content=PNG)
    client.force_login(analyst)
    pages = [client.get(one).content.decode() for one in (HOME, path(pack), "/messages/media/")]
    assert not any("Take out" in page or 'data-opens="delete' in page for page in pages)


def test_media_are_listed_with_the_message_that_carries_them(signed_in, account):
    file = media.upload_media(account=account, file_name="map.png", content=PNG)
    media.upload_media(account=account, file_name="<b>.txt", content=b"x")
    facts = {"from_number": "+12025550142", "to_number": "+12065550150", "account": account}
    carrier = Message.objects.create(direction="inbound", state="received", **facts)
    media.attach([file], [carrier])
    page = signed_in.get("/messages/media/").content.decode()
    assert f'href="/messages/{carrier.uuid}/"' in page
    assert "&lt;b&gt;.txt" in page
    found = signed_in.get(media.signed_path(file))
    assert b"".join(found.streaming_content) == PNG


def test_a_file_is_deleted_with_its_bytes(
    signed_in, account, tmp_path, django_capture_on_commit_callbacks
):
    file = media.upload_media(account=account, file_name="map.png", content=PNG)
    with django_capture_on_commit_callbacks(execute=True):
        signed_in.post(f"/messages/media/{file.uuid}/delete/")
    assert not Media.objects.exists()
    assert not [one for one in tmp_path.rglob("*") if one.is_file()]
    assert AuditEvent.objects.get(action="media.deleted").data == {"file_name": "map.png"}


def test_the_pages_take_at_most_eight_queries(signed_in, account, pack):
    for last in range(3):
        number = f"+1206555015{last}"
        rent(account, number)
        powerpacks.add_number(pack=pack, number=number, actor="system")
        media.upload_media(account=account, file_name=f"{last}.png", content=PNG)
    rent(account, "+12065550159")
    counts = {}
    for page in (HOME, f"{HOME}new/", path(pack), "/messages/media/"):
        signed_in.get(page)
        with CaptureQueriesContext(connection) as asked:
            assert signed_in.get(page).status_code == 200
        counts[page] = len(asked)
    assert max(counts.values()) <= 8, counts
