"""Routes of the sandbox numbers."""

from __future__ import annotations

from django.urls import path

from sandbox.verification import operator_views, session_views, views

app_name = "verification"
urlpatterns = [
    path("operator/switches/", operator_views.kill_switches, name="operator-switches"),
    path("operator/switches/lift/", operator_views.lift, name="operator-switch-lift"),
    path("sandbox-numbers/", views.number_list, name="list"),
    path("sandbox-numbers/sessions/", session_views.session_list, name="sessions"),
    path("sandbox-numbers/sessions/<uuid:public_id>/", session_views.session, name="session"),
    path("sandbox-numbers/<uuid:public_id>/", views.detail, name="detail"),
    path("sandbox-numbers/<uuid:public_id>/verify/", views.verify, name="verify"),
    path("sandbox-numbers/<uuid:public_id>/send/", views.send, name="send"),
    path("sandbox-numbers/<uuid:public_id>/remove/", views.remove, name="remove"),
]
