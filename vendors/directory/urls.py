"""The room's addresses; each topic adds its own lines."""

from django.urls import URLPattern, path

from vendors.directory.evidence import serving
from vendors.directory.evidence import views as evidence
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
    # Evidence: all of a kind, one piece, its file.
    path("vendors/<int:pk>/evidence/<slug:kind>/", evidence.list_evidence, name="evidence"),
    path("vendors/<int:pk>/evidence/<slug:kind>/add/", evidence.add, name="add_evidence"),
    path("evidence/<slug:kind>/<int:pk>/edit/", evidence.edit, name="edit_evidence"),
    path("evidence/<slug:kind>/<int:pk>/remove/", evidence.remove, name="remove_evidence"),
    path("evidence/samples/<int:pk>/file/", serving.sample_file, name="sample_file"),
    path("evidence/samples/<int:pk>/thumbnail/", serving.sample_thumbnail, name="sample_thumbnail"),
    path("evidence/samples/<int:pk>/photos/<int:file>/", serving.sample_photo, name="sample_photo"),
    path("evidence/samples/<int:pk>/photos/<int:file>/thumbnail/", serving.photo_thumbnail, name="photo_thumbnail"),
    path("evidence/certificates/<int:pk>/file/", serving.certificate_file, name="certificate_file"),
]
