"""Routes of recordings."""

from __future__ import annotations

from django.urls import path

from sandbox.recordings import views

app_name = "recordings"
urlpatterns = [
    path("recordings/", views.recording_list, name="list"),
    path("recordings/<uuid:recording_id>/file/", views.file, name="file"),
    path("recordings/<uuid:recording_id>/delete/", views.delete, name="delete"),
    path("recordings/<uuid:recording_id>/<slug:key>.<slug:extension>", views.by_link, name="link"),
]
