"""Addresses of leaving."""

from django.urls import path

from outsourcing.leaving import close, people, views

app_name = "leaving"
urlpatterns = [
    path("settings/export/", views.export, name="export"),
    path("settings/export/<int:pk>/download/", views.download, name="download"),
    path("settings/close/", close.close, name="close"),
    path("settings/close/open/", close.open_again, name="open_again"),
    path("settings/members/<int:pk>/erase/", people.erase_member, name="erase_member"),
    path("accounts/delete/", people.delete_account, name="delete_account"),
    path("accounts/again/", people.sign_in_again, name="again"),
]
