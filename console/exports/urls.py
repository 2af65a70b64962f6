"""Routes of the stored exports."""

from __future__ import annotations

from django.urls import path

from console.exports import views

app_name = "exports"
urlpatterns = [
    path("exports/", views.export_list, name="list"),
    path("exports/new/", views.export_new, name="new"),
    path("exports/<uuid:export_id>/", views.export_detail, name="detail"),
    path("exports/<uuid:export_id>/download/", views.export_download, name="download"),
    path("exports/<uuid:export_id>/remove/", views.export_remove, name="remove"),
    path("exports/<uuid:export_id>/file/", views.export_file, name="file"),
]
