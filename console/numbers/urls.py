"""Routes of numbers."""

from __future__ import annotations

from django.urls import path

from console.core import converters  # noqa: F401 - registers e164
from console.numbers import operator_views, views

app_name = "numbers"
urlpatterns = [
    path("operator/stock/", operator_views.stock, name="operator-stock"),
    path("numbers/", views.number_list, name="list"),
    path("numbers/assign/", views.number_assign, name="assign"),
    path("numbers/search/", views.number_search, name="search"),
    path("numbers/<e164:number>/", views.number_detail, name="detail"),
    path("numbers/<e164:number>/rent/", views.number_rent, name="rent"),
    path("numbers/<e164:number>/release/", views.number_release, name="release"),
]
