"""Routes of the handsets and of the network page."""

from __future__ import annotations

from django.urls import path

from sandbox.network import operator_views, script_views, views, world_views

app_name = "network"
urlpatterns = [
    path("network/", world_views.network, name="index"),
    path("operator/carriers/", operator_views.carriers, name="operator-carriers"),
    path("operator/carriers/<slug:code>/", operator_views.carrier, name="operator-carrier"),
    path("operator/routes/", operator_views.routes, name="operator-routes"),
    path(
        "operator/routes/<int:route_id>/remove/",
        operator_views.route_remove,
        name="operator-route-remove",
    ),
    path("operator/rates/", operator_views.rates, name="operator-rates"),
    path(
        "operator/rates/<int:rate_id>/remove/",
        operator_views.rate_remove,
        name="operator-rate-remove",
    ),
    path("operator/pops/", operator_views.pops, name="operator-pops"),
    path("handsets/", views.handset_list, name="handsets"),
    path("handsets/<str:number>/", views.handset, name="handset"),
    path("handsets/<str:number>/screen/", views.screen, name="screen"),
    path("handsets/<str:number>/script/", script_views.script, name="script"),
    path("handsets/<str:number>/<slug:deed>/", views.act, name="act"),
    path("live/handsets/<str:number>/events", views.events, name="events"),
]
