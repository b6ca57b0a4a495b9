"""What the API's routes call."""

from functools import cache, partial

from cloudops.adapters.aws.client import open_client
from cloudops.adapters.aws.functions import AS_LONG_AS_A_REQUEST, PullFunction
from cloudops.adapters.dynamodb.catalog import DynamoEstateStore, DynamoSourceStore
from cloudops.adapters.dynamodb.changes import DynamoChangeStore
from cloudops.adapters.dynamodb.incident_store import DynamoIncidentStore
from cloudops.adapters.dynamodb.quarantine import DynamoQuarantine
from cloudops.adapters.dynamodb.silences import DynamoSilenceStore
from cloudops.api.application import Services
from cloudops.bootstrap.automation import automation, trail
from cloudops.bootstrap.catalog import changes_before, estate, surroundings, take_changes
from cloudops.bootstrap.clock import now, pause
from cloudops.bootstrap.database import rows, settings
from cloudops.bootstrap.ingest import ingest
from cloudops.bootstrap.learning import learning, recompute
from cloudops.bootstrap.remediation import executions, policies, remote_approvals
from cloudops.catalog.service import CatalogueDesk
from cloudops.changes.service import ChangeDesk
from cloudops.identity.access import SignIn
from cloudops.incidents.context import changes_of
from cloudops.incidents.lifecycle import Lifecycle
from cloudops.incidents.queries import Browse, ShowOverview
from cloudops.incidents.service_health import EstateDesk
from cloudops.ingestion.demo_alerts import demonstration
from cloudops.ingestion.quarantine_review import QuarantineDesk
from cloudops.ingestion.source_sync import SourceDesk
from cloudops.ingestion.submit import Submit
from cloudops.learning.feedback import TakeFeedback
from cloudops.learning.outcome_reporting import TakeOutcome
from cloudops.learning.queries import ShowConfidence
from cloudops.remediation.autonomy import PolicyDesk
from cloudops.remediation.history import Past
from cloudops.silences.service import SilenceDesk


@cache
def services() -> Services:
    store = DynamoIncidentStore(rows())
    browse = Browse(store, surroundings().topology, partial(changes_of, changes_before()))
    pull = PullFunction(
        open_client("lambda", settings().region, AS_LONG_AS_A_REQUEST), settings().pull_function
    )
    submit = Submit(ingest(), browse, demonstration if settings().use_mock_adapters else None, pull)
    changes = ChangeDesk(DynamoChangeStore(rows()), take_changes())
    return Services(
        browse=browse,
        overview=ShowOverview(store),
        past=Past(store, executions()),
        lifecycle=Lifecycle(store, pause),
        feedback=TakeFeedback(store),
        submit=submit,
        quarantine=QuarantineDesk(DynamoQuarantine(rows()), submit),
        silences=SilenceDesk(DynamoSilenceStore(rows())),
        outcome=TakeOutcome(store, learning()),
        confidence=ShowConfidence(learning()),
        recompute=recompute(),
        sign_in=SignIn(
            settings().oidc_issuer, settings().oidc_client_id, tuple(settings().oidc_scopes.split())
        ),
        estate=EstateDesk(estate(), store, changes),
        catalogue=CatalogueDesk(DynamoEstateStore(rows()), estate()),
        changes=changes,
        sources=SourceDesk(DynamoSourceStore(rows()), pull, estate()),
        trail=trail(),
        automation=automation(),
        approvals=remote_approvals(),
        executions=executions(),
        policies=PolicyDesk(policies()),
        now=now,
    )
