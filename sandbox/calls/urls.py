"""Routes of living calls and stories."""

from __future__ import annotations

from django.urls import path

from sandbox.calls import control_views, views

app_name = "story"
urlpatterns = [
    path("calls/live/", views.live, name="live"),
    path("calls/test/", control_views.test_call, name="test"),
    path("calls/<uuid:call_uuid>/", views.detail, name="detail"),
    path("calls/<uuid:call_uuid>/story.json", views.story_json, name="json"),
    path("calls/<uuid:call_uuid>/story.md", views.story_markdown, name="markdown"),
    path("calls/<uuid:call_uuid>/hangup/", views.hang_up, name="hangup"),
    path("calls/<uuid:call_uuid>/control/<slug:deed>/", control_views.act, name="act"),
]
