"""Routes of the log of webhooks."""

from __future__ import annotations

from django.urls import path

from sandbox.webhooks import fault_views, outbox_views, replay_views, signature_views, views
from sandbox.webhooks.models import Sender

app_name = "webhooks"
urlpatterns = [
    path("logs/webhooks/", views.delivery_list, name="list"),
    path("logs/webhooks/enable-url/", views.url_enable, name="url-enable"),
    path("logs/webhooks/replay/", replay_views.replay_range, name="replay-range"),
    path("logs/webhooks/replays/<uuid:replay_id>/", replay_views.replay_detail, name="replay"),
    path("logs/webhooks/<uuid:row_id>/", views.delivery_detail, name="detail"),
    path("logs/webhooks/<uuid:row_id>/replay/", replay_views.replay_new, name="replay-new"),
    path("operator/outbox/", outbox_views.outbox, name="operator-outbox"),
    path(
        "operator/outbox/<uuid:row_id>/revive/",
        outbox_views.outbox_revive,
        name="operator-outbox-revive",
    ),
    path("logs/signatures/", signature_views.signatures, name="signatures"),
    path("applications/<slug:app_id>/faults/", fault_views.fault_setting, name="faults"),
    path("applications/<slug:app_id>/faults/clear/", fault_views.fault_clear, name="faults-clear"),
]
# A page for each sender: there are two, and every account has both.
for _sender in Sender:
    _at, _whose = f"logs/webhooks/faults/{_sender}/", {"sender": _sender}
    urlpatterns += [
        path(_at, fault_views.sender_faults, _whose, name=f"{_sender}-faults"),
        path(
            f"{_at}clear/", fault_views.sender_faults_clear, _whose, name=f"{_sender}-faults-clear"
        ),
    ]
