"""Routes of the front page, the palette and the design page."""

from __future__ import annotations

from django.conf import settings
from django.urls import path

from console.home import design, metrics, views

app_name = "home"
urlpatterns = [
    path("", views.index, name="index"),
    path("palette/", views.palette_search, name="palette"),
    path("switch-account/", views.switch_account, name="switch-account"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
]
if settings.DEBUG or settings.TESTING:
    urlpatterns.append(path("design/", design.show, name="design"))
