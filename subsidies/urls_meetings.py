from django.urls import path

from subsidies.views import agenda_items, meetings, presentations

urlpatterns_meetings = [
    path("rondes/<int:pk>/vergaderingen/", meetings.meeting_list, name="meeting_list"),
    path("rondes/<int:pk>/vergaderingen/nieuw/", meetings.meeting_plan, name="meeting_plan"),
    path("vergaderingen/<int:pk>/", meetings.meeting_detail, name="meeting_detail"),
    path("vergaderingen/<int:pk>/agenda/", meetings.meeting_agenda, name="meeting_agenda"),
    path("vergaderingen/<int:pk>/uitnodigen/", meetings.meeting_invite, name="meeting_invite"),
    path(
        "vergaderingen/<int:pk>/aanwezig/",
        meetings.meeting_attendance,
        name="meeting_attendance",
    ),
    path("vergaderingen/<int:pk>/afzeggen/", meetings.meeting_cancel, name="meeting_cancel"),
    path("vergaderingen/<int:pk>/afsluiten/", meetings.meeting_hold, name="meeting_hold"),
    path("vergaderingen/<int:pk>/vaststellen/", meetings.meeting_adopt, name="meeting_adopt"),
    path("vergaderingen/<int:pk>/verslag/", meetings.meeting_minutes, name="meeting_minutes"),
    path("agendapunten/<int:pk>/", agenda_items.agenda_item, name="agenda_item"),
    path("agendapunten/<int:pk>/verplaatsen/", agenda_items.item_move, name="item_move"),
    path("agendapunten/<int:pk>/vraag/", agenda_items.item_ask, name="item_ask"),
    path("agendapunten/<int:pk>/vragen/", agenda_items.item_questions, name="item_questions"),
    path("agendapunten/<int:pk>/scherm/", agenda_items.item_room, name="item_room"),
    path("agendapunten/<int:pk>/score/", agenda_items.item_score, name="item_score"),
    path("agendapunten/<int:pk>/eigen-score/", agenda_items.item_own_score, name="item_own_score"),
    path("agendapunten/<int:pk>/stemmen/", agenda_items.item_votes, name="item_votes"),
    path("agendapunten/<int:pk>/akkoord/", agenda_items.item_agree, name="item_agree"),
    path("agendapunten/<int:pk>/opmerking/", agenda_items.item_comment, name="item_comment"),
    path(
        "agendapunten/<int:pk>/opmerkingen/<int:response_pk>/",
        agenda_items.comment_answer,
        name="comment_answer",
    ),
    path("gesprekken/<int:pk>/", presentations.presentation, name="presentation"),
    path("gesprekken/<int:pk>/agenda.ics", presentations.presentation_ics, name="presentation_ics"),
]
