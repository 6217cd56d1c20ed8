"""Addresses of people and organisations."""

from django.urls import path

from outsourcing.accounts import members, views

app_name = "accounts"
urlpatterns = [
    path("start/", views.start, name="start"),
    path("join/<str:token>/", members.join, name="join"),
    path("settings/switch/", views.switch, name="switch"),
    path("settings/profile/", views.profile, name="profile"),
    path("settings/absences/", views.absences, name="absences"),
    path("settings/absences/<int:pk>/delete/", views.delete_absence, name="delete_absence"),
    path("settings/organisation/", views.organisation, name="organisation"),
    path("settings/calendar/", views.calendar, name="calendar"),
    path("settings/calendar/closed/", views.add_closed_day, name="add_closed_day"),
    path("settings/calendar/closed/<int:pk>/delete/", views.delete_closed_day, name="delete_closed_day"),
    path("settings/members/", members.show_members, name="members"),
    path("settings/members/invite/", members.invite, name="invite"),
    path("settings/members/<int:pk>/", members.member, name="member"),
    path("settings/members/<int:pk>/remove/", members.remove, name="remove"),
    path("settings/leave/", members.leave, name="leave"),
    path("settings/members/<int:pk>/resend/", members.resend, name="resend"),
    path("settings/members/<int:pk>/revoke/", members.revoke, name="revoke"),
    path("settings/history/", views.show_history, name="history"),
]
