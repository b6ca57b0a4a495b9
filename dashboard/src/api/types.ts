/** Short names of what the API speaks of; the compiler holds them against the OpenAPI document. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Incident = Schemas["IncidentView"];
export type IncidentDetail = Schemas["IncidentDetailView"];
export type Suggestion = Schemas["SuggestionView"];
export type Alert = Schemas["AlertView"];
export type TimelineEntry = Schemas["TimelineView"];
export type Execution = Schemas["ExecutionView"];
export type ExecutionStatus = Schemas["ExecutionStatus"];
export type PlanProposal = Schemas["ProposedView"];
export type GuardrailVerdict = Schemas["VerdictView"];
export type Overview = Schemas["OverviewView"];
export type Topology = Schemas["TopologyView"];
export type Change = Schemas["ChangeView"];
export type ChangeNote = Schemas["ChangeNoteView"];
export type Similar = Schemas["SimilarView"];
export type Severity = Schemas["Severity"];
export type IncidentStatus = Schemas["IncidentStatus"];
export type Action = Schemas["Action"];
export type Role = Schemas["Role"];
export type Silence = Schemas["SilenceView"];
export type Source = Schemas["SourceView"];
export type Quarantined = Schemas["QuarantinedView"];
export type AuditEntry = Schemas["AuditEntryView"];
export type ConfidenceCell = Schemas["KnownView"];
export type ConfidencePoint = Schemas["PointView"];
export type ListedService = Schemas["ListedServiceView"];
export type ServiceDetail = Schemas["ServiceDetailView"];
export type Policy = Schemas["PolicyView"];
