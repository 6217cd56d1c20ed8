"""Addresses of mails that a person decides about."""

from django.urls import path

from outsourcing.notifications import undelivered

app_name = "mails"
urlpatterns = [
    path("settings/mails/", undelivered.undelivered, name="undelivered"),
    path("settings/mails/<slug:key>/again/", undelivered.again, name="again"),
    path("settings/mails/<slug:key>/set-aside/", undelivered.set_aside, name="set_aside"),
]
