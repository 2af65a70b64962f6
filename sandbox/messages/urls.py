"""Routes of messages."""

from __future__ import annotations

from django.urls import path

from sandbox.messages import media_views, pool_views, views

app_name = "messages"
urlpatterns = [
    path("messages/", views.message_list, name="list"),
    path("messages/messages.csv", views.message_csv, name="csv"),
    path("messages/new/", views.new_message, name="new"),
    path("messages/<uuid:uuid>/", views.detail, name="detail"),
    path("messages/powerpacks/", pool_views.pack_list, name="powerpacks"),
    path("messages/powerpacks/new/", pool_views.pack_new, name="powerpack_new"),
    path("messages/powerpacks/<uuid:uuid>/", pool_views.pack_detail, name="powerpack"),
    path("messages/powerpacks/<uuid:uuid>/add/", pool_views.number_add, name="powerpack_add"),
    path(
        "messages/powerpacks/<uuid:uuid>/remove/", pool_views.number_remove, name="powerpack_remove"
    ),
    path(
        "messages/powerpacks/<uuid:uuid>/delete/", pool_views.pack_delete, name="powerpack_delete"
    ),
    path("messages/media/", media_views.media_list, name="media_list"),
    path("messages/media/<uuid:uuid>/delete/", media_views.media_delete, name="media_delete"),
    path("media/<uuid:uuid>/", views.media_file, name="media"),
]
