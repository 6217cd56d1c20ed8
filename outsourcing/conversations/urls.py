"""The room's addresses; both sides use the same ones."""

from django.urls import URLPattern, path

from outsourcing.conversations import (
    deciding,
    drafting,
    export_views,
    instruction_views,
    recording_views,
    replies,
    views,
    writing,
)

app_name = "conversations"
urlpatterns: list[URLPattern] = [
    path("messages/", views.inbox, name="inbox"),
    path("messages/new/", writing.start, name="start"),
    path("messages/new/draft/", drafting.save_new, name="draft_new"),
    path("messages/new/attach/", drafting.attach_new, name="attach_new"),
    path("messages/new/expectation/", writing.start_expectation, name="start_expectation"),
    path("messages/instructions/", instruction_views.in_force, name="instructions"),
    path("messages/<int:pk>/", views.thread, name="thread"),
    path("messages/<int:pk>/news/", views.news, name="news"),
    # How quickly each side replies
    path("messages/replies/", replies.overview, name="responding"),
    path("messages/replies/show/", replies.show_everybody, name="show_reply_time"),
    path("messages/<int:pk>/replies/", replies.replies, name="replies"),
    path("messages/<int:pk>/print/", export_views.on_paper, name="print"),
    path("messages/<int:pk>/export/", export_views.as_file, name="export"),
    path("messages/<int:pk>/post/", writing.post, name="post"),
    path("messages/<int:pk>/draft/", drafting.save, name="draft"),
    path("messages/<int:pk>/attach/", drafting.attach, name="attach"),
    path("messages/<int:pk>/close/", deciding.close, name="close"),
    path("messages/<int:pk>/open/", deciding.open_again, name="open"),
    path("messages/<int:pk>/expectation/", views.expectation, name="expectation"),
    path("messages/<int:pk>/people/", deciding.people, name="people"),
    path("messages/<int:pk>/record/", recording_views.record, name="record"),
    path("messages/entries/<int:pk>/record/", recording_views.record_seen, name="record_seen"),
    path("messages/entries/<int:pk>/object/", recording_views.object_to, name="object"),
    path("messages/entries/<int:pk>/take-back/", instruction_views.take_back, name="take_back"),
    path("messages/entries/<int:pk>/versions/", instruction_views.show_versions, name="versions"),
    path("messages/entries/<int:pk>/edit/", writing.edit, name="edit"),
    path("messages/entries/<int:pk>/acknowledge/", deciding.acknowledge, name="acknowledge"),
    path("messages/turns/<int:pk>/withdraw/", deciding.withdraw, name="withdraw"),
    path("messages/turns/<int:pk>/dismiss/", deciding.dismiss, name="dismiss"),
    path("messages/turns/<int:pk>/reopen/", deciding.reopen, name="reopen"),
    path("messages/turns/<int:pk>/hand-over/", deciding.hand_over, name="hand_over"),
    path("messages/files/<int:pk>/", views.download, name="file"),
    path("messages/files/<int:pk>/remove/", drafting.remove, name="remove_file"),
    path("messages/files/<int:pk>/thumbnail/", views.thumbnail, name="thumbnail"),
]
