"""Routes of endpoints."""

from __future__ import annotations

from django.urls import path

from console.endpoints import views

app_name = "endpoints"
urlpatterns = [
    path("endpoints/", views.endpoint_list, name="list"),
    path("endpoints/new/", views.endpoint_new, name="new"),
    path("endpoints/phones/", views.phones, name="phones"),
    path("endpoints/<slug:endpoint_id>/", views.endpoint_detail, name="detail"),
    path("endpoints/<slug:endpoint_id>/password/", views.endpoint_password, name="password"),
    path("endpoints/<slug:endpoint_id>/delete/", views.endpoint_delete, name="delete"),
]
