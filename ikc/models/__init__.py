from ikc.models.area_figures import (
    AreaFigure,
    AreaImport,
    AreaIndicator,
    AreaIndicatorBand,
    MissingFigure,
    Reliability,
)
from ikc.models.areas import AttentionArea, District
from ikc.models.bank_accounts import BankAccount
from ikc.models.centres import (
    Ikc,
    IkcBoard,
    IkcFormPeriod,
    IkcName,
    IkcPartner,
    IkcSuccession,
    PupilCount,
)
from ikc.models.counts import AgeBand, ChildCount, CountSource
from ikc.models.governance import (
    ActionItem,
    AgendaItem,
    Body,
    BodyMember,
    Consultation,
    ConsultationDecision,
)
from ikc.models.hand_overs import DirectorHandOver
from ikc.models.notices import NoticePreference, WaitingNotice
from ikc.models.organisations import Organisation
from ikc.models.plus import (
    PlusCondition,
    PlusConfirmation,
    PlusEvidence,
    PlusLapse,
    PlusReview,
    PlusStatus,
)
from ikc.models.recalibrations import AreaDesignation, AreaRecalibration, RecalibratedIkc
from ikc.models.support import (
    SupportPool,
    SupportRequest,
    SupportWorker,
    SupportWorkerAllocation,
)
from ikc.models.users import Mandate, RoleAssignment, User

__all__ = [
    "ActionItem",
    "AgeBand",
    "AgendaItem",
    "AreaDesignation",
    "AreaFigure",
    "AreaImport",
    "AreaIndicator",
    "AreaIndicatorBand",
    "AreaRecalibration",
    "AttentionArea",
    "BankAccount",
    "Body",
    "BodyMember",
    "ChildCount",
    "Consultation",
    "ConsultationDecision",
    "CountSource",
    "DirectorHandOver",
    "District",
    "Ikc",
    "IkcBoard",
    "IkcFormPeriod",
    "IkcName",
    "IkcPartner",
    "IkcSuccession",
    "Mandate",
    "MissingFigure",
    "NoticePreference",
    "Organisation",
    "PlusCondition",
    "PlusConfirmation",
    "PlusEvidence",
    "PlusLapse",
    "PlusReview",
    "PlusStatus",
    "PupilCount",
    "RecalibratedIkc",
    "Reliability",
    "RoleAssignment",
    "SupportPool",
    "SupportRequest",
    "SupportWorker",
    "SupportWorkerAllocation",
    "User",
    "WaitingNotice",
]
