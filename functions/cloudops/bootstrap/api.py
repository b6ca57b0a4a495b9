"""Builds the application behind the HTTP API."""

from functools import cache, partial
from typing import Final

from cloudops.adapters.aws.client import open_client
from cloudops.adapters.aws.functions import SYNC_TIMEOUTS, SourceSyncFunction
from cloudops.adapters.dynamodb.catalog import DynamoCatalogStore, DynamoSourceStore
from cloudops.adapters.dynamodb.changes import DynamoChangeStore
from cloudops.adapters.dynamodb.incident_store import DynamoIncidentStore
from cloudops.adapters.dynamodb.people import DynamoPeopleStore
from cloudops.adapters.dynamodb.quarantine import DynamoQuarantine
from cloudops.adapters.dynamodb.silences import DynamoSilenceStore
from cloudops.adapters.oidc.http import JsonHttpClient
from cloudops.adapters.oidc.userinfo import UserInfo
from cloudops.api.application import Application
from cloudops.bootstrap.automation import audit_trail, automation
from cloudops.bootstrap.catalog import inventory, inventory_context, recent_changes, record_changes
from cloudops.bootstrap.clock import now, pause, start_timer
from cloudops.bootstrap.database import rows, settings
from cloudops.bootstrap.ingest import ingest
from cloudops.bootstrap.learning import learning_store, recompute
from cloudops.bootstrap.remediation import (
    approvals,
    current_inventory,
    executions,
    freezes,
    permissions,
    policies,
)
from cloudops.catalog.service import CatalogService
from cloudops.changes.service import ChangeService
from cloudops.identity.access import SignIn
from cloudops.identity.people import PeopleDirectory
from cloudops.incidents.context import changes_of
from cloudops.incidents.lifecycle import Lifecycle
from cloudops.incidents.queries import IncidentQueries, OverviewQuery
from cloudops.incidents.service_health import ServiceQueries
from cloudops.ingestion.demo_alerts import demo_alerts
from cloudops.ingestion.quarantine_review import QuarantineService
from cloudops.ingestion.source_sync import SourceService
from cloudops.ingestion.submit import SubmitAlerts
from cloudops.learning.feedback import RecordFeedback
from cloudops.learning.outcome_reporting import ReportOutcome
from cloudops.learning.queries import ConfidenceQueries
from cloudops.remediation.autonomy import AutonomyPolicies
from cloudops.remediation.history import IncidentHistory
from cloudops.silences.service import SilenceService

REQUEST_INGEST_SECONDS: Final = 8.0
"""For retries in a scope that other containers change during the request; the function has 20 s."""


@cache
def application() -> Application:
    store = DynamoIncidentStore(rows())
    browse = IncidentQueries(store, inventory_context().topology, partial(changes_of, recent_changes()))
    source_sync = SourceSyncFunction(
        open_client("lambda", settings().region, SYNC_TIMEOUTS), settings().source_sync_function
    )
    submit = SubmitAlerts(
        ingest(),
        browse,
        demo_alerts if settings().use_mock_adapters else None,
        source_sync,
        start_timer=partial(start_timer, REQUEST_INGEST_SECONDS),
    )
    changes = ChangeService(DynamoChangeStore(rows()), record_changes())
    return Application(
        incidents=browse,
        overview=OverviewQuery(store),
        history=IncidentHistory(store, executions()),
        lifecycle=Lifecycle(store, pause),
        feedback=RecordFeedback(store),
        submission=submit,
        quarantine=QuarantineService(DynamoQuarantine(rows()), submit),
        silences=SilenceService(DynamoSilenceStore(rows())),
        outcomes=ReportOutcome(store, learning_store()),
        confidence=ConfidenceQueries(learning_store()),
        recompute=recompute(),
        sign_in=SignIn(
            settings().oidc_issuer, settings().oidc_client_id, tuple(settings().oidc_scopes.split())
        ),
        people=PeopleDirectory(DynamoPeopleStore(rows())),
        verified_email=UserInfo(settings().oidc_issuer, JsonHttpClient().get).verified_email,
        services=ServiceQueries(inventory(), store, changes),
        catalog=CatalogService(DynamoCatalogStore(rows()), inventory()),
        changes=changes,
        sources=SourceService(DynamoSourceStore(rows()), source_sync, inventory()),
        audit_trail=audit_trail(),
        automation=automation(),
        approvals=approvals(),
        executions=executions(),
        permissions=permissions(),
        autonomy_policies=AutonomyPolicies(policies(), current_inventory),
        freezes=freezes(),
        now=now,
    )
