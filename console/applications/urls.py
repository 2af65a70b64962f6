"""Routes of applications."""

from __future__ import annotations

from django.urls import path

from console.applications import views

app_name = "applications"
urlpatterns = [
    path("applications/", views.application_list, name="list"),
    path("applications/new/", views.application_new, name="new"),
    path("applications/<slug:app_id>/", views.application_detail, name="detail"),
    path("applications/<slug:app_id>/delete/", views.application_delete, name="delete"),
]
