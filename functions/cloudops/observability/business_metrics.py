"""What is counted of ingests and of the audit trail; runbook and alarms know these names."""

from aws_lambda_powertools.metrics import MetricUnit

from cloudops.correlation.decision import DecisionKind
from cloudops.ingestion.ingest import Report
from cloudops.observability import metrics


def count(report: Report, returned_early: int = 0) -> None:
    """Writes the counts to the log at once (EMF), in one line. A message that is returned early lost a race
    and did not fail."""
    counts = {
        "AlertsIngested": report.alerts,
        "AlertsDuplicate": report.count(DecisionKind.DUPLICATE),
        "IncidentsOpened": report.count(DecisionKind.OPENED),
        "PayloadsQuarantined": report.quarantined,
        "MessagesFailed": len(report.failed) - returned_early,
        "MessagesReturnedEarly": returned_early,
        "CommitConflicts": report.conflicts,
    }
    for name, value in counts.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
    metrics.flush_metrics()


def count_unwritten_audit_entry() -> None:
    """An act that the audit trail did not take."""
    metrics.add_metric(name="AuditEntriesNotWritten", unit=MetricUnit.Count, value=1)
    metrics.flush_metrics()
