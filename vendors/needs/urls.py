"""The room's addresses."""

from django.urls import URLPattern, path

from vendors.needs import views

app_name = "needs"
urlpatterns: list[URLPattern] = [
    path("needs/", views.jobs, name="jobs"),
    path("needs/rate/", views.rate, name="rate"),
    path("needs/add/", views.add, name="add"),
    path("needs/judging/", views.policy, name="policy"),
    path("needs/export.csv", views.export, name="export"),
    path("needs/<int:pk>/", views.job, name="job"),
    path("needs/<int:pk>/assess/", views.assess, name="assess"),
    path("needs/<int:pk>/must-stay/", views.must_stay, name="must_stay"),
    path("needs/<int:pk>/market/", views.market, name="market"),
    path("needs/<int:pk>/edit/", views.edit, name="edit"),
    path("needs/<int:pk>/clone/", views.clone, name="clone"),
    path("needs/<int:pk>/hide/", views.hide, name="hide"),
    path("needs/<int:pk>/show/", views.unhide, name="unhide"),
]
