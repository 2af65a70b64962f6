"""Routes of the call records."""

from __future__ import annotations

from django.urls import path

from console.records import views

app_name = "calls"
urlpatterns = [
    path("calls/", views.call_list, name="list"),
    path("calls/calls.csv", views.call_csv, name="csv"),
]
