"""What a person gets who restores a target by hand: the calls made, the values before, the calls back."""

import pytest
from msgspec.structs import replace

from cloudops.remediation.plan import Call, Facts, PlannedChange, restore_instructions, restoring_calls


def a_change(before: Facts, after: Facts, *calls: Call) -> PlannedChange:
    return PlannedChange(summary="a change", calls=calls, before=before, after=after)


SCALE = a_change(
    {"desiredCount": 2, "minCapacity": 1},
    {"desiredCount": 4, "minCapacity": 4},
    Call(
        operation="application-autoscaling:RegisterScalableTarget",
        parameters={"ResourceId": "service/shop/web", "MinCapacity": 4},
    ),
    Call(operation="ecs:UpdateService", parameters={"cluster": "shop", "service": "web", "desiredCount": 4}),
)


def test_calls_are_restored_in_reverse_order_with_the_values_before() -> None:
    assert [str(one) for one in restoring_calls(SCALE)] == [
        "ecs:UpdateService cluster=shop, service=web, desiredCount=2",
        "application-autoscaling:RegisterScalableTarget ResourceId=service/shop/web, MinCapacity=1",
    ]


@pytest.mark.parametrize(
    ("before", "after", "parameters", "restored"),
    [
        ({"desiredCapacity": 2}, {"desiredCapacity": 3}, {"DesiredCapacity": 3}, {"DesiredCapacity": 2}),
        (
            {"alias": "live", "version": "4"},
            {"alias": "live", "version": "3"},
            {"Name": "live", "FunctionVersion": "3"},
            {"Name": "live", "FunctionVersion": "4"},
        ),
        (
            {"provisionedConcurrency": 10},
            {"provisionedConcurrency": 15},
            {"Qualifier": "live", "ProvisionedConcurrentExecutions": 15},
            {"Qualifier": "live", "ProvisionedConcurrentExecutions": 10},
        ),
        (
            {"template": "web-3", "images": "web:3"},
            {"template": "web-2", "images": "web:2"},
            {"namespace": "shop", "name": "web", "template": "web-2"},
            {"namespace": "shop", "name": "web", "template": "web-3"},
        ),
    ],
)
def test_a_parameter_is_restored_by_its_name_or_its_value(
    before: Facts, after: Facts, parameters: Facts, restored: Facts
) -> None:
    change = a_change(before, after, Call(operation="api:Call", parameters=parameters))
    assert restoring_calls(change) == (Call(operation="api:Call", parameters=restored),)


def test_a_call_that_sets_nothing_of_the_change_is_not_repeated() -> None:
    call = Call(operation="ecs:UpdateService", parameters={"forceNewDeployment": True})
    change = a_change({"deployment": "d-1"}, {"deployment": "a new one"}, call)
    assert restoring_calls(change) == ()
    assert restore_instructions(change) == (
        "Made, or possibly made: ecs:UpdateService forceNewDeployment=True. Before: deployment=d-1. "
        "No call undoes it; check the target."
    )


def test_an_irreversible_change_has_no_call_that_restores_it() -> None:
    assert "To restore: ecs:UpdateService" in restore_instructions(SCALE)
    assert restore_instructions(replace(SCALE, reversible=False)).endswith(
        "No call undoes it; check the target."
    )
