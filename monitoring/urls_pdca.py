"""The addresses of reviews, conclusions, actions and yearly plans; part of `monitoring.urls`."""

from django.urls import path

from monitoring.views import acting, learning, learning_meetings, pdca, year_plans

RETURN = "aanleveringen/<int:pk>"
RESULT = f"{RETURN}/resultaat/<int:result_pk>"

urlpatterns = [
    path(f"{RETURN}/terugblik/", pdca.review_overview, name="review_overview"),
    path(f"{RETURN}/doel/<int:goal_pk>/", pdca.goal_review, name="goal_review"),
    path(f"{RETURN}/conclusies-vaststellen/", pdca.conclusions_adopt, name="conclusions_adopt"),
    path(f"{RESULT}/conclusie/", pdca.conclusion_edit, name="conclusion_edit"),
    path(f"{RESULT}/geen-actie/", pdca.no_action_explain, name="no_action_explain"),
    path(f"{RESULT}/actie/", acting.action_create, name="action_create"),
    path("conclusies/<int:pk>/reactie/", pdca.conclusion_reply, name="conclusion_reply"),
    path("conclusies/<int:pk>/bijstellen/", pdca.amendment_start, name="amendment_start"),
    path("verbeteracties/", acting.action_list, name="action_list"),
    path("verbeteracties/<int:pk>/", acting.action_detail, name="action_detail"),
    path(
        "verbeteracties/<int:pk>/afronden/",
        acting.action_close,
        {"step": "finish"},
        name="action_finish",
    ),
    path(
        "verbeteracties/<int:pk>/laten-vervallen/",
        acting.action_close,
        {"step": "drop"},
        name="action_drop",
    ),
    path(
        "verbeteracties/<int:pk>/overnemen/",
        acting.action_step,
        {"step": "accept"},
        name="action_accept",
    ),
    path(
        "verbeteracties/<int:pk>/beginnen/",
        acting.action_step,
        {"step": "start"},
        name="action_start",
    ),
    path(
        "verbeteracties/<int:pk>/openen/",
        acting.action_step,
        {"step": "reopen"},
        name="action_reopen",
    ),
    path("verbeteracties/<int:pk>/effect/", acting.action_effect, name="action_effect"),
    path("verbeteracties/<int:pk>/jaarplan/", acting.action_place, name="action_place"),
    path("jaarplannen/", year_plans.year_plan_list, name="year_plan_list"),
    path("jaarplannen/maken/", year_plans.year_plan_create, name="year_plan_create"),
    path("jaarplannen/<int:pk>/", year_plans.year_plan_detail, name="year_plan_detail"),
    path("wat-werkt/", learning.practice_list, name="practice_list"),
    path("wat-werkt/<int:pk>/", learning.practice_detail, name="practice_detail"),
    path("wat-werkt/<int:pk>/wijzigen/", learning.practice_edit, name="practice_edit"),
    path("verbeteracties/<int:action_pk>/kaart/", learning.practice_create, name="practice_create"),
    path(
        "wat-werkt/<int:pk>/akkoord/",
        learning.practice_step,
        {"step": "agree"},
        name="practice_agree",
    ),
    path(
        "wat-werkt/<int:pk>/bewerken/",
        learning.practice_step,
        {"step": "reopen"},
        name="practice_reopen",
    ),
    path(
        "wat-werkt/<int:pk>/delen/",
        learning.practice_step,
        {"step": "publish"},
        name="practice_publish",
    ),
    path(
        "wat-werkt/<int:pk>/intrekken/",
        learning.practice_step,
        {"step": "withdraw"},
        name="practice_withdraw",
    ),
    path("wat-werkt/<int:pk>/ook/", learning.practice_follow, name="practice_follow"),
    path("wat-werkt/<int:pk>/vraag/", learning.practice_ask, name="practice_ask"),
    path("wat-werkt/vraag/<int:pk>/", learning.question_answer, name="question_answer"),
    path("wat-werkt/bijeenkomsten/", learning_meetings.meeting_list, name="meeting_list"),
    path(
        "wat-werkt/bijeenkomsten/plannen/",
        learning_meetings.meeting_create,
        name="meeting_create",
    ),
    path(
        "wat-werkt/bijeenkomsten/<int:pk>/",
        learning_meetings.meeting_detail,
        name="meeting_detail",
    ),
    path(
        "wat-werkt/bijeenkomsten/<int:pk>/afzeggen/",
        learning_meetings.meeting_cancel,
        name="meeting_cancel",
    ),
    path(
        "wat-werkt/bijeenkomsten/<int:pk>/aanmelden/",
        learning_meetings.meeting_signup,
        name="meeting_signup",
    ),
]
