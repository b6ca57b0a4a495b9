"""What the API's routes call."""

from functools import cache

from cloudops.adapters.dynamodb.quarantine import DynamoQuarantine
from cloudops.adapters.dynamodb.silences import DynamoSilenceStore
from cloudops.adapters.dynamodb.store import DynamoIncidentStore
from cloudops.domain.access import SignIn
from cloudops.flows.browse import Browse
from cloudops.flows.confidence import ShowConfidence
from cloudops.flows.demo import demonstration
from cloudops.flows.feedback import TakeFeedback
from cloudops.flows.lifecycle import Lifecycle
from cloudops.flows.outcome import TakeOutcome
from cloudops.flows.policies import PolicyDesk
from cloudops.flows.quarantine import QuarantineDesk
from cloudops.flows.services import Services
from cloudops.flows.silences import SilenceDesk
from cloudops.flows.submit import Submit
from cloudops.wiring.automation import automation, trail
from cloudops.wiring.clock import now, pause
from cloudops.wiring.estate import changes_before, surroundings
from cloudops.wiring.ingest import ingest
from cloudops.wiring.learning import learning, recompute
from cloudops.wiring.remediation import executions, policies, remote_approvals
from cloudops.wiring.table import rows, settings


@cache
def services() -> Services:
    store = DynamoIncidentStore(rows())
    browse = Browse(store, surroundings().topology, changes_before().of)
    submit = Submit(ingest(), browse, demonstration if settings().use_mock_adapters else None)
    return Services(
        browse=browse,
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
        trail=trail(),
        automation=automation(),
        approvals=remote_approvals(),
        executions=executions(),
        policies=PolicyDesk(policies()),
        now=now,
    )
