"""Routes of the fence."""

from __future__ import annotations

from django.urls import path

from sandbox.fence import operator_views, views

app_name = "fence"
urlpatterns = [
    path("fence/", views.index, name="index"),
    path("operator/policy/", operator_views.policy, name="operator-policy"),
    path("operator/prefixes/", operator_views.prefixes, name="operator-prefixes"),
    path("operator/prefixes/remove/", operator_views.prefix_remove, name="operator-prefix-remove"),
    path("network/routes/test/", views.routes, name="routes"),
]
