"""The room's addresses."""

from django.urls import URLPattern, path

from vendors.needs import views
from vendors.needs.figures import views as figures
from vendors.needs.orders import views as orders
from vendors.needs.peers import portal
from vendors.needs.peers import views as peers

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
    path("needs/<int:pk>/brief/", views.begin_brief, name="begin_brief"),
    path("needs/<int:pk>/edit/", views.edit, name="edit"),
    path("needs/<int:pk>/clone/", views.clone, name="clone"),
    path("needs/<int:pk>/hide/", views.hide, name="hide"),
    path("needs/<int:pk>/show/", views.unhide, name="unhide"),
    # ---- When: figures of months, marks, lists of orders ----
    path("needs/months/", figures.months, name="months"),
    path("needs/<int:pk>/figures/", figures.save, name="save_figures"),
    path("needs/<int:pk>/marks/", figures.marks, name="marks"),
    path("needs/reopenings/<int:pk>/close/", figures.close, name="close"),
    path("needs/orders/", orders.upload, name="upload_orders"),
    path("needs/orders/<int:pk>/", orders.show, name="orders"),
    path("needs/orders/<int:pk>/take/", orders.take, name="take_orders"),
    # ---- People who know the shop, and the links that they answer by ----
    path("needs/peers/", peers.peers, name="peers"),
    path("needs/peers/<int:pk>/erase/", peers.erase, name="erase_peer"),
    path("needs/asks/<int:pk>/again/", peers.send_again, name="send_again"),
    path("needs/asks/<int:pk>/revoke/", peers.revoke, name="revoke_ask"),
    path("needs/opinions/<int:pk>/answer/", peers.settle, name="settle"),
    path("p/<str:token>/", portal.show, name="ask"),
    path("p/<str:token>/save/", portal.save, name="save_ask"),
    path("p/<str:token>/decline/", portal.decline, name="decline_ask"),
    path("p/<str:token>/withdraw/", portal.withdraw, name="withdraw_ask"),
    path("p/<str:token>/erase/", portal.erase, name="erase_ask"),
]
