"""Addresses of leaving."""

from django.urls import path

from outsourcing.leaving import views

app_name = "leaving"
urlpatterns = [
    path("settings/export/", views.export, name="export"),
    path("settings/export/<int:pk>/download/", views.download, name="download"),
]
