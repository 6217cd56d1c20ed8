"""Addresses of mails that a person decides about, and of reminders."""

from django.urls import include, path

from outsourcing.notifications import choosing, notices, undelivered
from outsourcing.notifications.bounces import views as bounces
from outsourcing.notifications.ladders import unsubscribing, views

mails = [
    path("settings/mails/", undelivered.undelivered, name="undelivered"),
    path("settings/mails/<slug:key>/again/", undelivered.again, name="again"),
    path("settings/mails/<slug:key>/set-aside/", undelivered.set_aside, name="set_aside"),
    path("settings/mails/<slug:key>/reaches-them/", undelivered.reaches_them, name="reaches_them"),
    path("mail/bounces/", bounces.hand_in, name="bounces"),
    path("unsubscribe/<str:token>/", unsubscribing.unsubscribe, name="unsubscribe"),
]
reminders = [
    path("reminders/", views.upcoming, name="upcoming"),
    path("reminders/log/", views.log, name="log"),
    path("reminders/<int:pk>/", views.ladder, name="ladder"),
    path("reminders/<int:pk>/put-off/", views.snooze, name="snooze"),
    path("reminders/one/<int:pk>/hold/", views.hold, name="hold"),
    path("reminders/one/<int:pk>/let-go/", views.let_go, name="let_go"),
    path("reminders/one/<int:pk>/send-now/", views.send_now, name="send_now"),
    path("reminders/one/<int:pk>/again/", views.try_again, name="try_again"),
    path("reminders/mails/<int:pk>/hold/", views.hold_mail, name="hold_mail"),
    path("reminders/mails/<int:pk>/let-go/", views.let_mail_go, name="let_mail_go"),
    path("reminders/storms/<int:pk>/decide/", views.decide_storm, name="decide_storm"),
    path("settings/reminders/", views.policies, name="policies"),
    path("settings/reminders/<slug:key>/", views.policy, name="policy"),
    path("settings/emails/", choosing.emails, name="emails"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.read_all, name="read_all"),
    path("notices/<int:pk>/", notices.notice, name="notice"),
    path("notices/<int:pk>/settle/", notices.settle, name="settle"),
]
urlpatterns = [path("", include((mails, "mails"))), path("", include((reminders, "reminders")))]
