"""Routes of the request log."""

from __future__ import annotations

from django.urls import path

from console.api import views

app_name = "api"
urlpatterns = [
    path("logs/requests/", views.request_list, name="requests"),
    path("logs/requests/<uuid:api_id>/", views.request_detail, name="request"),
    path("logs/compatibility/", views.compatibility, name="compatibility"),
]
