"""The room's addresses; each topic adds its own lines."""

from django.urls import URLPattern, path

from vendors.directory.compare import views as compare
from vendors.directory.enquiries import views as enquiries
from vendors.directory.evidence import serving
from vendors.directory.evidence import views as evidence
from vendors.directory.imports import export
from vendors.directory.imports import views as imports
from vendors.directory.keeping import contact_views
from vendors.directory.keeping import views as keeping
from vendors.directory.merging import views as merging
from vendors.directory.profiles import claims, logos, views
from vendors.directory.profiles import portal as own
from vendors.directory.references import views as references
from vendors.directory.requests import portal
from vendors.directory.requests import views as requests
from vendors.directory.search import saved_views as searches
from vendors.directory.search import views as search

app_name = "directory"
urlpatterns: list[URLPattern] = [
    # ---- References, and the links that others answer by ----
    path("r/<str:token>/", enquiries.show, name="enquiry"),
    path("r/<str:token>/save/", enquiries.save, name="save_enquiry"),
    path("r/<str:token>/decline/", enquiries.decline, name="decline_enquiry"),
    path("r/<str:token>/share/", enquiries.share, name="share_enquiry"),
    path("r/<str:token>/withdraw/", enquiries.withdraw, name="withdraw_enquiry"),
    path("r/<str:token>/erase/", enquiries.erase, name="erase_enquiry"),
    path("vendors/<int:pk>/references/add/", references.add, name="add_reference"),
    path("references/<int:pk>/", references.show, name="reference"),
    path("references/<int:pk>/edit/", references.edit, name="edit_reference"),
    path("references/<int:pk>/ask/", references.ask, name="ask_reference"),
    path("references/<int:pk>/record/", references.record, name="record_reference"),
    path("references/<int:pk>/remove/", references.remove, name="remove_reference"),
    path("references/<int:pk>/erase/", references.erase, name="erase_reference"),
    path("testimonials/<int:pk>/ask/", references.ask_testimonial, name="ask_testimonial"),
    path("partners/<int:pk>/ask/", references.ask_partner, name="ask_partner"),
    path("enquiries/<int:pk>/revoke/", references.revoke, name="revoke_enquiry"),
    path("vendors/", search.list_vendors, name="list"),
    path("vendors/searches/add/", searches.save, name="save_search"),
    path("vendors/searches/<int:pk>/", searches.look, name="saved_search"),
    path("vendors/searches/<int:pk>/edit/", searches.edit, name="edit_saved_search"),
    path("vendors/searches/<int:pk>/remove/", searches.remove, name="remove_saved_search"),
    path("vendors/export.csv", export.export_csv, name="export_csv"),
    path("vendors/export.xlsx", export.export_xlsx, name="export_xlsx"),
    path("vendors/import/", imports.upload, name="import_upload"),
    path("vendors/import/template.csv", imports.template, name="import_template"),
    path("vendors/imports/<int:pk>/", imports.show, name="import"),
    path("vendors/imports/<int:pk>/columns/", imports.columns, name="import_columns"),
    path("vendors/imports/<int:pk>/start/", imports.start, name="import_start"),
    path("vendors/imports/<int:pk>/problems.csv", imports.problems, name="import_problems"),
    path("vendors/add/", views.add, name="add"),
    path("vendors/<int:pk>/", views.vendor, name="vendor"),
    path("vendors/<int:pk>/edit/", views.edit, name="edit"),
    path("vendors/<int:pk>/edit/<slug:section>/", views.edit, name="edit_section"),
    path("vendors/<int:pk>/logo/", logos.logo, name="logo"),
    # What a merchant keeps to itself
    path("vendors/<int:pk>/note/", keeping.add_note, name="add_note"),
    path("vendors/notes/<int:pk>/edit/", keeping.edit_note, name="edit_note"),
    path("vendors/notes/<int:pk>/remove/", keeping.remove_note, name="remove_note"),
    path("vendors/<int:pk>/tag/", keeping.add_tag, name="add_tag"),
    path("vendors/<int:pk>/untag/", keeping.remove_tag, name="remove_tag"),
    path("vendors/<int:pk>/status/", keeping.set_status, name="set_status"),
    path("vendors/<int:pk>/block/", keeping.block, name="block"),
    path("vendors/<int:pk>/unblock/", keeping.unblock, name="unblock"),
    path("vendors/<int:pk>/contacts/add/", contact_views.add_contact, name="add_contact"),
    path("vendors/contacts/<int:pk>/edit/", contact_views.edit_contact, name="edit_contact"),
    path("vendors/contacts/<int:pk>/remove/", contact_views.remove_contact, name="remove_contact"),
    path("vendors/<int:pk>/invite/", claims.invite, name="invite"),
    # Duplicates, and what stands beside what
    path("vendors/compare/", compare.compare, name="compare"),
    path("vendors/duplicates/", merging.duplicates, name="duplicates"),
    path("vendors/<int:pk>/merge/", merging.merge, name="merge"),
    path("portal/join/", merging.join_list, name="join_list"),
    path("portal/join/<int:pk>/", merging.join, name="join"),
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
    # Asking for evidence: the merchant's side, and the vendor's portal.
    path("vendors/<int:pk>/ask/", requests.ask, name="ask"),
    path("vendors/requests/<int:pk>/", requests.show, name="request"),
    path("vendors/requests/<int:pk>/withdraw/", requests.withdraw, name="withdraw_request"),
    path("vendors/requests/items/<int:pk>/judge/", requests.judge, name="judge"),
    path("vendors/requests/items/<int:pk>/record/", requests.record, name="record"),
    path("vendors/requests/items/<int:pk>/add/", requests.add, name="record_piece"),
    path("vendors/requests/items/<int:pk>/remove/", requests.remove, name="remove_recorded"),
    path("vendors/requests/items/<int:pk>/arrived/", requests.arrived, name="arrived"),
    path("portal/requests/<int:pk>/", portal.answer, name="answer"),
    path("portal/requests/items/<int:pk>/add/", portal.add, name="answer_add"),
    path("portal/requests/items/<int:pk>/choose/", portal.choose, name="answer_choose"),
    path("portal/requests/items/<int:pk>/remove/", portal.remove, name="answer_remove"),
    path("portal/requests/items/<int:pk>/done/", portal.done, name="answer_done"),
    path("portal/requests/items/<int:pk>/refuse/", portal.refuse, name="answer_refuse"),
    # A vendor's own profile
    path("portal/profile/", own.show, name="profile"),
    path("portal/profile/history/", own.show_history, name="profile_history"),
    path("portal/profile/publish/", own.publish, name="publish"),
    path("portal/profile/unpublish/", own.unpublish, name="unpublish"),
    path("portal/profile/ask/", own.ask_to_look, name="ask_to_look"),
    path("portal/profile/<slug:section>/", own.section, name="profile_section"),
]
