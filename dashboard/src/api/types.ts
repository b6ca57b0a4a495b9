/** Names of the API's schemas. The compiler checks them against the OpenAPI document. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Role = Schemas["Role"];

export type Incident = Schemas["IncidentView"];
export type IncidentDetail = Schemas["IncidentDetailView"];
export type IncidentStatus = Schemas["IncidentStatus"];
export type Resolution = Schemas["Resolution"];
export type Severity = Schemas["Severity"];
export type Alert = Schemas["AlertView"];
export type TimelineEntry = Schemas["TimelineEntryView"];
export type RelatedChange = Schemas["RelatedChangeView"];
/** An action that was tried in an earlier incident. */
export type PastAction = Schemas["PastActionView"];

export type Suggestion = Schemas["SuggestionView"];
export type Action = Schemas["Action"];
export type PlanReview = Schemas["PlanReviewView"];
export type GuardrailDecision = Schemas["GuardrailDecisionView"];
export type Execution = Schemas["ExecutionView"];
export type ExecutionStatus = Schemas["ExecutionStatus"];
export type ActionEffect = Schemas["ActionEffect"];

export type ServiceHealth = Schemas["ServiceHealthView"];
export type ServiceDetail = Schemas["ServiceDetailView"];
export type Change = Schemas["ChangeView"];
export type Freeze = Schemas["FreezeView"];
export type Policy = Schemas["PolicyView"];

/** Confidence in one action for one symptom and service. */
export type ConfidenceCell = Schemas["ConfidenceCellView"];
export type Symptom = ConfidenceCell["symptom"];
/** The state of a confidence cell at the end of one day. */
export type ConfidencePoint = Schemas["ConfidencePointView"];

export type Silence = Schemas["SilenceView"];
export type SilenceBody = Schemas["SilenceBody"];
export type Matcher = Required<Schemas["MatcherBody"]>;
export type Source = Schemas["SourceView"];
export type QuarantineItem = Schemas["QuarantineItemView"];
export type AuditEntry = Schemas["AuditEntryView"];
export type Automation = Schemas["AutomationView"];
