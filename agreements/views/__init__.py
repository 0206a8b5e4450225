from agreements.views.goals import (
    indicator_choose,
    indicator_create,
    indicator_delete,
    indicator_edit,
    result_create,
    result_delete,
    result_edit,
    version_goals,
)
from agreements.views.lists import agreement_create, agreement_list, version_create
from agreements.views.pages import agreement_detail, version_detail, version_document
from agreements.views.parties import (
    contribution_create,
    contribution_delete,
    party_create,
    party_delete,
    party_edit,
    version_contributions,
    version_parties,
)
from agreements.views.signing import (
    party_sign,
    version_check,
    version_offer,
    version_return,
    version_withdraw,
)
from agreements.views.text import version_frame, version_topics

__all__ = [
    "agreement_create",
    "agreement_detail",
    "agreement_list",
    "contribution_create",
    "contribution_delete",
    "indicator_choose",
    "indicator_create",
    "indicator_delete",
    "indicator_edit",
    "party_create",
    "party_delete",
    "party_edit",
    "party_sign",
    "result_create",
    "result_delete",
    "result_edit",
    "version_check",
    "version_contributions",
    "version_create",
    "version_detail",
    "version_document",
    "version_frame",
    "version_goals",
    "version_offer",
    "version_parties",
    "version_return",
    "version_topics",
    "version_withdraw",
]
