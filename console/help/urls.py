"""Routes of the help center; all are public."""

from __future__ import annotations

from django.urls import path, re_path

from console.help import playground_views, views

app_name = "help"
urlpatterns = [
    path("llms.txt", views.llms, name="llms"),
    path("help/", views.index, name="index"),
    path("help/search/", views.find, name="search"),
    path("help/glossary/", views.glossary, name="glossary"),
    path("help/glossary/<slug:slug>/", views.term, name="term"),
    path("help/glossary/<slug:slug>/tip/", views.tip, name="tip"),
    path("help/guides/<slug:slug>/", views.guide, name="guide"),
    path("help/outcome-numbers/", views.outcome_numbers, name="outcome-numbers"),
    path("help/xml/", views.xml, name="xml"),
    path("help/check-xml/", views.check_xml, name="xml-check"),
    path("help/playground/", playground_views.playground, name="playground"),
    path("help/xml/<slug:slug>/", views.element, name="element"),
    path("help/api/", views.api, name="api"),
    path("help/api/openapi.json", views.openapi, name="openapi"),
    path("help/api/<slug:slug>/", views.api_chapter, name="api-chapter"),
    path("help/errors/", views.errors, name="errors"),
    path("help/errors/<slug:slug>/", views.error, name="error"),
    re_path(
        r"^help/(?P<kind>glossary|guides|errors|xml)/(?P<slug>[a-z0-9_-]+)\.md$",
        views.markdown,
        name="markdown",
    ),
    path("help/<slug:name>.md", views.list_markdown, name="list-markdown"),
]
