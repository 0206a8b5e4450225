from subsidies.models.accountability import (
    AccountabilityReport,
    AccountReminder,
    ActivityResult,
    ActualLine,
    Done,
    DutyVerdict,
    ReportCompletion,
    ReportFile,
)
from subsidies.models.activities import Activity
from subsidies.models.allocations import (
    AllocationResult,
    AllocationRun,
    LotteryRecord,
    PartialAcceptance,
)
from subsidies.models.applications import ActivityPlan, Application, Attachment, BudgetLine
from subsidies.models.bundles import BundleDeed
from subsidies.models.calendars import CalendarFeed
from subsidies.models.calibration import (
    Calibration,
    CalibrationScore,
    CalibrationScoring,
    CaseSection,
    ScoreAnchor,
)
from subsidies.models.case_exports import CaseExport
from subsidies.models.ceilings import CeilingChange
from subsidies.models.child_statements import ChildCountStatement
from subsidies.models.commission import (
    CommissionAdvice,
    CommissionMember,
    ConflictException,
    InterestDeclaration,
    Review,
    ReviewScore,
)
from subsidies.models.commission_settings import CommissionSettings
from subsidies.models.completeness import (
    CheckAnswer,
    ChecklistItem,
    ClockStop,
    CompletionItem,
    CompletionRequest,
    Correction,
    CorrectionFile,
    Subject,
)
from subsidies.models.continuity import ContinuityAssessment, EarlierGrant
from subsidies.models.decisions import (
    AdvancePayment,
    Decision,
    Letter,
    Message,
    MessageEvent,
    SigningMandate,
)
from subsidies.models.default_notices import DefaultNotice, PenaltyDecision
from subsidies.models.deliveries import MessageNotice
from subsidies.models.disclosures import Disclosure, DisclosureDocument
from subsidies.models.grant_intents import ChangeGround, GrantIntent
from subsidies.models.grants import Grant
from subsidies.models.interest_register import DeclarationVersion
from subsidies.models.legal_figures import LegalFigure, PenaltyTariff
from subsidies.models.letter_templates import LetterTemplate
from subsidies.models.lists import ListColumns, SavedView
from subsidies.models.meetings import (
    AdviceResponse,
    AgendaItem,
    CommissionMeeting,
    ItemRecusal,
    ItemVote,
    MeetingAttendance,
    MemberQuestion,
    ScoreChange,
)
from subsidies.models.minutes import MinutesFile
from subsidies.models.objections import (
    Objection,
    ObjectionDelay,
    ObjectionHearing,
    ObjectionRepair,
)
from subsidies.models.obligations import Obligation, ObligationFile
from subsidies.models.origins import AnalysisFigure, ApplicationCopy, HandOver
from subsidies.models.outages import ClosingExtension, Outage
from subsidies.models.partners import PartnerConfirmation
from subsidies.models.payments import (
    Payment,
    PaymentFeedback,
    PaymentOrder,
    PaymentOrderExport,
    PaymentSetoff,
    PaymentSuspension,
)
from subsidies.models.plus_deliveries import PlusLetterEvent
from subsidies.models.plus_letters import PlusLetter
from subsidies.models.proposals import CollegeProposal
from subsidies.models.recoveries import Recovery, RecoveryReceipt
from subsidies.models.refusals import RefusalFinding, ViewRequest
from subsidies.models.removed_attachments import RemovedAttachment
from subsidies.models.retention import (
    DestructionLine,
    DestructionList,
    LegalHold,
    RetentionRule,
)
from subsidies.models.rounds import (
    AmountFormula,
    BudgetRule,
    Criterion,
    HistoricalRound,
    PriorityTier,
    SubsidyRound,
)
from subsidies.models.scheme_rows import (
    ROW_MODELS,
    AccountabilityRule,
    LegalBasis,
    LimitRow,
    RefusalCode,
    RefusalGround,
    SchemeBudgetRule,
    SchemeInstalment,
    SchemeLetterText,
    SchemeSource,
    StandardObligation,
)
from subsidies.models.schemes import SchemeRow, SchemeVersion, SubsidyScheme
from subsidies.models.state_aid import StateAidAssessment
from subsidies.models.state_aid_statements import DeMinimisAid, StateAidStatement
from subsidies.models.sub_applications import SubApplication
from subsidies.models.sub_ceilings import SubCeiling
from subsidies.models.subsidy_register import RegisterEntry, RegisterVersion
from subsidies.models.terms import CompletionExtension, LaterDecision, LateWarning

__all__ = [
    "ROW_MODELS",
    "AccountReminder",
    "AccountabilityReport",
    "AccountabilityRule",
    "Activity",
    "ActivityPlan",
    "ActivityResult",
    "ActualLine",
    "AdvancePayment",
    "AdviceResponse",
    "AgendaItem",
    "AllocationResult",
    "AllocationRun",
    "AmountFormula",
    "AnalysisFigure",
    "Application",
    "ApplicationCopy",
    "Attachment",
    "BudgetLine",
    "BudgetRule",
    "BundleDeed",
    "CalendarFeed",
    "Calibration",
    "CalibrationScore",
    "CalibrationScoring",
    "CaseExport",
    "CaseSection",
    "CeilingChange",
    "ChangeGround",
    "CheckAnswer",
    "ChecklistItem",
    "ChildCountStatement",
    "ClockStop",
    "ClosingExtension",
    "CollegeProposal",
    "CommissionAdvice",
    "CommissionMeeting",
    "CommissionMember",
    "CommissionSettings",
    "CompletionExtension",
    "CompletionItem",
    "CompletionRequest",
    "ConflictException",
    "ContinuityAssessment",
    "Correction",
    "CorrectionFile",
    "Criterion",
    "DeMinimisAid",
    "Decision",
    "DeclarationVersion",
    "DefaultNotice",
    "DestructionLine",
    "DestructionList",
    "Disclosure",
    "DisclosureDocument",
    "Done",
    "DutyVerdict",
    "EarlierGrant",
    "Grant",
    "GrantIntent",
    "HandOver",
    "HistoricalRound",
    "InterestDeclaration",
    "ItemRecusal",
    "ItemVote",
    "LateWarning",
    "LaterDecision",
    "LegalBasis",
    "LegalFigure",
    "LegalHold",
    "Letter",
    "LetterTemplate",
    "LimitRow",
    "ListColumns",
    "LotteryRecord",
    "MeetingAttendance",
    "MemberQuestion",
    "Message",
    "MessageEvent",
    "MessageNotice",
    "MinutesFile",
    "Objection",
    "ObjectionDelay",
    "ObjectionHearing",
    "ObjectionRepair",
    "Obligation",
    "ObligationFile",
    "Outage",
    "PartialAcceptance",
    "PartnerConfirmation",
    "Payment",
    "PaymentFeedback",
    "PaymentOrder",
    "PaymentOrderExport",
    "PaymentSetoff",
    "PaymentSuspension",
    "PenaltyDecision",
    "PenaltyTariff",
    "PlusLetter",
    "PlusLetterEvent",
    "PriorityTier",
    "Recovery",
    "RecoveryReceipt",
    "RefusalCode",
    "RefusalFinding",
    "RefusalGround",
    "RegisterEntry",
    "RegisterVersion",
    "RemovedAttachment",
    "ReportCompletion",
    "ReportFile",
    "RetentionRule",
    "Review",
    "ReviewScore",
    "SavedView",
    "SchemeBudgetRule",
    "SchemeInstalment",
    "SchemeLetterText",
    "SchemeRow",
    "SchemeSource",
    "SchemeVersion",
    "ScoreAnchor",
    "ScoreChange",
    "SigningMandate",
    "StandardObligation",
    "StateAidAssessment",
    "StateAidStatement",
    "SubApplication",
    "SubCeiling",
    "Subject",
    "SubsidyRound",
    "SubsidyScheme",
    "ViewRequest",
]
