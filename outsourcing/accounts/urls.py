"""Addresses of people and organisations."""

from django.urls import path

from outsourcing.accounts import views

app_name = "accounts"
urlpatterns = [
    path("settings/profile/", views.profile, name="profile"),
    path("settings/organisation/", views.organisation, name="organisation"),
    path("settings/switch/", views.switch, name="switch"),
]
