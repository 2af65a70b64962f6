"""Routes of the rooms that live."""

from __future__ import annotations

from django.urls import path

from sandbox.conferences import views

app_name = "rooms"
urlpatterns = [
    path("calls/rooms/", views.living, name="list"),
    path("calls/rooms/<uuid:room_uuid>/<slug:deed>/", views.act, name="act"),
]
