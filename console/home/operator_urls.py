"""Route of the operator's first page; the others stand with the apps that own the things."""

from __future__ import annotations

from django.urls import path

from console.home import operator

app_name = "operator"
urlpatterns = [path("operator/", operator.index, name="index")]
