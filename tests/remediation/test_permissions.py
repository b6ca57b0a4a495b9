"""What a caller may act on: each part must lie inside of a grant, and what is not known lies outside."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudops.catalog.declaration import Catalog, Platform, ServiceDeclaration, Target
from cloudops.catalog.inventory import ServiceInventory
from cloudops.core.errors import Forbidden, NotFound
from cloudops.core.ids import ExecutionId, IncidentId, SuggestionId
from cloudops.identity.access import Caller, Grant, Role
from cloudops.incidents.record_builder import MAX_NAMED
from cloudops.remediation.permissions import EVERYTHING, Permissions, Resource, may, require
from cloudops.silences.silence import Matcher, Operator
from tests.fakes.people import signed_in
from tests.fakes.remediation import INCIDENT, SUGGESTION, Remediation
from tests.fakes.store import MemorySilenceStore

PAYMENTS = Resource("payments", "prod", "111122223333")
OPERATOR = Role.OPERATOR


def caller(*grants: Grant) -> Caller:
    return signed_in("Ada", grants=grants)


@pytest.mark.parametrize(
    ("grant", "resource", "allowed"),
    [
        (Grant(OPERATOR), PAYMENTS, True),
        (Grant(OPERATOR), Resource(), True),
        (Grant(OPERATOR, team="payments"), PAYMENTS, True),
        (Grant(OPERATOR, team="Payments"), PAYMENTS, True),
        (Grant(OPERATOR, team="payment"), PAYMENTS, False),
        (Grant(OPERATOR, team="payments"), Resource("", "prod", "111122223333"), False),
        (Grant(OPERATOR, environment="production"), PAYMENTS, True),
        (Grant(OPERATOR, environment="prod"), Resource("payments", "production", ""), True),
        (Grant(OPERATOR, environment="staging"), PAYMENTS, False),
        (Grant(OPERATOR, environment="prod"), Resource("payments", "", "111122223333"), False),
        (Grant(OPERATOR, account="111122223333"), PAYMENTS, True),
        (Grant(OPERATOR, account="11112222333"), PAYMENTS, False),
        (Grant(OPERATOR, account="111122223333"), Resource("payments", "prod", ""), False),
        (Grant(OPERATOR, "payments", "prod", "111122223333"), PAYMENTS, True),
        (Grant(OPERATOR, "payments", "staging", "111122223333"), PAYMENTS, False),
        (Grant(Role.ADMIN, team="payments"), PAYMENTS, True),
        (Grant(Role.VIEWER, team="payments"), PAYMENTS, False),
    ],
)
def test_a_grant_covers_what_each_of_its_narrowings_names(
    grant: Grant, resource: Resource, allowed: bool
) -> None:
    assert may(caller(grant), OPERATOR, (resource,)) is allowed


def test_each_part_needs_one_grant_that_covers_it_and_grants_do_not_mix() -> None:
    ada = caller(Grant(OPERATOR, "payments", "staging"), Grant(OPERATOR, "checkout", "prod"))
    staging, prod = Resource("payments", "staging"), Resource("checkout", "prod")
    assert may(ada, OPERATOR, (staging, prod))
    assert not may(ada, OPERATOR, (staging, prod, Resource("payments", "prod")))
    assert not may(ada, OPERATOR, (Resource("checkout", "staging"),))


def test_a_narrowed_admin_is_no_admin_elsewhere_though_an_operator_everywhere() -> None:
    ada = caller(Grant(OPERATOR), Grant(Role.ADMIN, team="payments"))
    assert may(ada, OPERATOR, EVERYTHING)
    assert may(ada, Role.ADMIN, (PAYMENTS,))
    assert not may(ada, Role.ADMIN, (Resource("checkout", "prod"),))


def test_no_resources_are_resources_that_are_not_known() -> None:
    assert not may(caller(Grant(OPERATOR, team="payments")), OPERATOR, ())
    assert may(caller(Grant(OPERATOR)), OPERATOR, ())


names = st.sampled_from(["", "a", "b"])
resources = st.builds(Resource, names, names, names)
grants = st.builds(Grant, st.sampled_from(Role), names, names, names)


@given(st.lists(grants, min_size=1, max_size=3), st.lists(resources, max_size=3), grants)
def test_a_further_grant_takes_nothing_away(held: list[Grant], on: list[Resource], more: Grant) -> None:
    assert may(caller(*held, more), OPERATOR, on) >= may(caller(*held), OPERATOR, on)


@given(st.lists(grants, min_size=1, max_size=3), st.lists(resources, min_size=1, max_size=3), resources)
def test_a_further_resource_allows_nothing_more(
    held: list[Grant], on: list[Resource], more: Resource
) -> None:
    assert may(caller(*held), OPERATOR, [*on, more]) <= may(caller(*held), OPERATOR, on)


def test_a_refusal_names_the_resource_and_the_grants() -> None:
    with pytest.raises(Forbidden) as refused:
        require(caller(Grant(OPERATOR, team="checkout")), OPERATOR, lambda: (PAYMENTS,), "reject")
    assert refused.value.message == (
        "reject needs the role operator for team payments, environment prod, account 111122223333; "
        "Ada has operator:team=checkout"
    )


def test_what_a_call_acts_on_is_not_read_for_a_caller_without_narrowing() -> None:
    def fail() -> tuple[Resource, ...]:
        raise AssertionError("read")

    require(caller(Grant(OPERATOR)), OPERATOR, fail, "reject")


class Shop:
    """An incident of checkout with a suggestion; checkout has targets in two environments."""

    def __init__(self) -> None:
        self.world = Remediation()
        self.account = self.world.scope.account
        declared = {
            "checkout": ServiceDeclaration(
                owner="shop", aliases=("cart",), targets=(self.target("prod"), self.target("staging"))
            ),
            "payments": ServiceDeclaration(owner="payments"),
            "orphan": ServiceDeclaration(),
        }
        self.world.inventory = ServiceInventory(Catalog(declared))
        self.permissions = Permissions(
            inventory=lambda: self.world.inventory,
            incidents=self.world.incidents,
            executions=self.world.executions,
            silences=MemorySilenceStore(),
        )

    def target(self, environment: str) -> Target:
        return Target(
            platform=Platform.ECS,
            name=f"checkout-{environment}",
            account=self.account if environment == "prod" else "999988887777",
            region=self.world.scope.region,
            environment=environment,
            cluster="shop",
        )


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_an_incident_has_the_owner_of_each_affected_service(shop: Shop) -> None:
    shop.world.put_incident(services=("cart", "payments", "orphan", "nowhere"))
    found = shop.permissions.incident(INCIDENT)
    assert [one.team for one in found] == ["shop", "payments", "", ""]
    assert {(one.environment, one.account) for one in found} == {("prod", shop.account)}


@pytest.mark.parametrize("services", [(), tuple(f"s{number:02}" for number in range(MAX_NAMED))])
def test_an_incident_may_affect_services_that_its_record_does_not_name(
    shop: Shop, services: tuple[str, ...]
) -> None:
    shop.world.put_incident(services=services)
    found = shop.permissions.incident(INCIDENT)
    assert (len(found), found[-1].team) == (len(services) + 1, "")


def test_a_plan_acts_on_the_targets_in_the_scope_of_the_incident(shop: Shop) -> None:
    assert shop.permissions.plan(SUGGESTION, "") == (Resource("shop", "prod", shop.account),)


def test_without_a_place_in_the_alert_a_plan_may_act_on_every_target(shop: Shop) -> None:
    shop.world.put_incident(scope=type(shop.world.scope)("", "", ""))
    everywhere = shop.permissions.plan(SUGGESTION, "")
    assert {one.environment for one in everywhere} == {"prod", "staging"}
    (chosen,) = shop.permissions.plan(SUGGESTION, str(shop.target("staging")))
    assert chosen == Resource("shop", "staging", "999988887777")
    assert set(shop.permissions.plan(SUGGESTION, "another target")) == set(everywhere)


def test_a_suggestion_of_an_alert_without_a_place_has_none(shop: Shop) -> None:
    shop.world.put_incident(scope=type(shop.world.scope)("", "", ""))
    assert shop.permissions.suggestion(SUGGESTION) == (Resource("shop", "", ""),)


def test_an_execution_is_where_its_target_is(shop: Shop) -> None:
    execution = shop.world.approve()
    assert shop.permissions.execution(execution.id) == (Resource("shop", "prod", shop.account),)


def test_a_policy_holds_in_every_account_of_the_environment(shop: Shop) -> None:
    assert shop.permissions.policy("cart", "production") == (Resource("shop", "prod", shop.account),)
    assert shop.permissions.policy("checkout", "dev") == (Resource("shop", "dev", ""),)
    assert shop.permissions.policy("nowhere", "prod") == (Resource("", "prod", ""),)


def matcher(text: str) -> Matcher:
    field, operator, value = text.split(" ")
    return Matcher(field, Operator(operator), value)


@pytest.mark.parametrize(
    ("matchers", "teams", "environments"),
    [
        (["service = checkout"], {"shop"}, {""}),
        (["service = checkout", "environment = production"], {"shop"}, {"prod"}),
        (["service =~ checkout|payments"], {"shop", "payments"}, {""}),
        (["service =~ checkout|"], {"shop", ""}, {""}),
        (["service =~ che.*"], {""}, {""}),
        (["service =~ checkout|pay.*"], {""}, {""}),
        (["service =~ (checkout)"], {""}, {""}),
        ([r"service =~ check\w+"], {""}, {""}),
        ([r"service =~ checkout\|payments"], {""}, {""}),
        (["service != payments"], {""}, {""}),
        (["service !~ payments"], {""}, {""}),
        (["title = down"], {""}, {""}),
        (["service =~ .*", "service = checkout"], {"shop"}, {""}),
        (["environment =~ prod|staging"], {""}, {"prod", "staging"}),
    ],
)
def test_a_silence_acts_on_what_its_matchers_name(
    shop: Shop, matchers: list[str], teams: set[str], environments: set[str]
) -> None:
    found = shop.permissions.matched([matcher(one) for one in matchers])
    assert {one.team for one in found} == teams
    assert {one.environment for one in found} == environments
    assert {one.account for one in found} == {""}


def test_what_does_not_exist_is_not_found(shop: Shop) -> None:
    permissions = shop.permissions
    for read in (
        partial(permissions.incident, IncidentId("inc_0000000000000000")),
        partial(permissions.suggestion, SuggestionId(f"{INCIDENT}.rollback")),
        partial(permissions.plan, SuggestionId("x"), ""),
        partial(permissions.execution, ExecutionId("inc_1.x1")),
        partial(permissions.silence, "sil_1"),
    ):
        with pytest.raises(NotFound):
            read()
