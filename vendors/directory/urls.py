"""The room's addresses; each topic adds its own lines."""

from django.urls import URLPattern

app_name = "directory"
urlpatterns: list[URLPattern] = []
