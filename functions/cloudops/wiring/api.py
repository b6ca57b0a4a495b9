"""What the API's routes call."""

from functools import cache

from cloudops.adapters.aws import open_client
from cloudops.adapters.dynamodb.changes import DynamoChangeStore
from cloudops.adapters.dynamodb.estate import DynamoEstateStore
from cloudops.adapters.dynamodb.quarantine import DynamoQuarantine
from cloudops.adapters.dynamodb.silences import DynamoSilenceStore
from cloudops.adapters.dynamodb.sources import DynamoSourceStore
from cloudops.adapters.dynamodb.store import DynamoIncidentStore
from cloudops.adapters.pull_function import AS_LONG_AS_A_REQUEST, PullFunction
from cloudops.domain.access import SignIn
from cloudops.flows.browse import Browse
from cloudops.flows.catalogue import CatalogueDesk
from cloudops.flows.changes import ChangeDesk
from cloudops.flows.confidence import ShowConfidence
from cloudops.flows.demo import demonstration
from cloudops.flows.estate_desk import EstateDesk
from cloudops.flows.feedback import TakeFeedback
from cloudops.flows.lifecycle import Lifecycle
from cloudops.flows.outcome import TakeOutcome
from cloudops.flows.overview import ShowOverview
from cloudops.flows.past import Past
from cloudops.flows.policies import PolicyDesk
from cloudops.flows.quarantine import QuarantineDesk
from cloudops.flows.services import Services
from cloudops.flows.silences import SilenceDesk
from cloudops.flows.sources import SourceDesk
from cloudops.flows.submit import Submit
from cloudops.wiring.automation import automation, trail
from cloudops.wiring.clock import now, pause
from cloudops.wiring.estate import changes_before, estate, surroundings, take_changes
from cloudops.wiring.ingest import ingest
from cloudops.wiring.learning import learning, recompute
from cloudops.wiring.remediation import executions, policies, remote_approvals
from cloudops.wiring.table import rows, settings


@cache
def services() -> Services:
    store = DynamoIncidentStore(rows())
    browse = Browse(store, surroundings().topology, changes_before().of)
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
