"""Addresses of mails that a person decides about."""

from django.urls import path

from outsourcing.notifications import undelivered
from outsourcing.notifications.bounces import views as bounces

app_name = "mails"
urlpatterns = [
    path("settings/mails/", undelivered.undelivered, name="undelivered"),
    path("settings/mails/<slug:key>/again/", undelivered.again, name="again"),
    path("settings/mails/<slug:key>/set-aside/", undelivered.set_aside, name="set_aside"),
    path("settings/mails/<slug:key>/reaches-them/", undelivered.reaches_them, name="reaches_them"),
    path("mail/bounces/", bounces.hand_in, name="bounces"),
]
