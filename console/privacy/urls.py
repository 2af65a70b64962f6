"""Routes under Settings → Data."""

from __future__ import annotations

from django.urls import path

from console.privacy import views

app_name = "privacy"
urlpatterns = [
    path("settings/data/", views.data, name="data"),
    path("settings/data/archive/", views.take, name="take"),
    path("settings/data/records/", views.records, name="records"),
    path("settings/data/close/", views.close, name="close"),
    path("settings/data/keep/", views.keep, name="keep"),
]
