"""The room's addresses; each topic adds its own lines."""

from django.urls import URLPattern, path

from vendors.directory.imports import export
from vendors.directory.profiles import claims, views

app_name = "directory"
urlpatterns: list[URLPattern] = [
    path("vendors/", views.list_vendors, name="list"),
    path("vendors/export.csv", export.export_csv, name="export_csv"),
    path("vendors/add/", views.add, name="add"),
    path("vendors/<int:pk>/", views.vendor, name="vendor"),
    path("vendors/<int:pk>/edit/", views.edit, name="edit"),
    path("vendors/<int:pk>/note/", views.add_note, name="add_note"),
    path("vendors/<int:pk>/block/", views.block, name="block"),
    path("vendors/<int:pk>/unblock/", views.unblock, name="unblock"),
    path("vendors/<int:pk>/invite/", claims.invite, name="invite"),
]
