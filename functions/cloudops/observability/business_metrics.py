"""Business metrics of ingestion and of the audit trail. The runbook and the alarms refer to these names."""

from aws_lambda_powertools.metrics import MetricUnit

from cloudops.correlation.decision import DecisionKind
from cloudops.ingestion.ingest import Report
from cloudops.observability import metrics


def count(report: Report, returned_early: int = 0) -> None:
    """Writes the counts of one batch to the log (EMF), in one line.

    Args:
        report: The result of the batch.
        returned_early: Messages that lost a race for their scope and were returned to the queue early. They
            did not fail, so `MessagesFailed` leaves them out.
    """
    counts = {
        "AlertsIngested": report.alerts,
        "AlertsDuplicate": report.count(DecisionKind.DUPLICATE),
        "AlertsExcluded": report.count(DecisionKind.EXCLUDED),
        "IncidentsOpened": report.count(DecisionKind.OPENED),
        "PayloadsQuarantined": report.quarantined,
        "MessagesFailed": len(report.failed) - returned_early,
        "MessagesReturnedEarly": returned_early,
        "CommitConflicts": report.conflicts,
    }
    for name, value in counts.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
    metrics.flush_metrics()


def count_unrecorded_execution() -> None:
    """Counts an execution that ended, and whose result could not be recorded."""
    metrics.add_metric(name="ExecutionsUnrecorded", unit=MetricUnit.Count, value=1)
    metrics.flush_metrics()


def count_unwritten_audit_entry() -> None:
    """Counts an action that took effect but could not be written to the audit trail."""
    metrics.add_metric(name="AuditEntriesNotWritten", unit=MetricUnit.Count, value=1)
    metrics.flush_metrics()
