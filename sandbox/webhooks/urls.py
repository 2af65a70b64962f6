"""Routes of the log of webhooks."""

from __future__ import annotations

from django.urls import path

from sandbox.webhooks import fault_views, outbox_views, replay_views, signature_views, views

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
