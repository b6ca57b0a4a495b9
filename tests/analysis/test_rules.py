"""Rule files: format, merging, and the messages for mistakes."""

import pytest

from cloudops.analysis.rules import default_rule_texts, default_rules, extend_default_rules, load_rules
from cloudops.core.errors import BadInput
from tests.analysis.cases import alarm, described, first, monitor, prometheus, read, symptom_and_action

RULE = """
[[rule]]
id = "flux"
why = "the flux capacitor is ours"
match = ["flux capacitor"]
symptom = "availability"
component = "workload"
"""


def test_a_rule_signals_the_symptom_and_a_decision_proposes_the_action() -> None:
    rules = load_rules(
        RULE,
        """
        [[decision]]
        id = "flux"
        why = "it likes to be restarted"
        symptom = ["availability"]
        propose = { restart_pods = 0.7, noop = 0.2 }
        """,
    )
    analysis = read(described("Flux capacitor is odd"), rules)
    assert (analysis.symptom, first(analysis)) == ("availability", "restart_pods")
    assert analysis.proposals[0].evidence == ("it likes to be restarted",)


def test_a_space_in_a_pattern_matches_any_separator_or_none() -> None:
    rules = load_rules(RULE)
    for title in ("flux capacitor", "Flux-Capacitor", "fluxcapacitor", "FluxCapacitor", "flux_capacitor"):
        assert read(described(title), rules).symptom == "availability", title


def test_a_later_file_overrides_a_rule_by_its_id() -> None:
    changed = RULE.replace('"availability"', '"disk"')
    assert read(described("flux capacitor"), load_rules(RULE, changed)).symptom == "disk"


def test_a_deployments_decision_precedes_the_packaged_ones() -> None:
    rules = extend_default_rules(
        """
        [[decision]]
        id = "checkout-restarts"
        why = "checkout loses its sessions; a restart helped nine times of ten"
        symptom = ["error_rate"]
        service = ["checkout"]
        environment = ["prod"]
        propose = { restart_pods = 0.8, noop = 0.1 }
        """,
        "own.toml",
    )
    assert first(read(described("5xx high", service="checkout", environment="prod"), rules)) == "restart_pods"
    assert first(read(described("5xx high", service="checkout", environment="test"), rules)) == "rollback"
    assert first(read(described("5xx high", service="cart", environment="prod"), rules)) == "rollback"


def test_a_deployments_decision_overrides_a_packaged_one_by_its_id() -> None:
    rules = extend_default_rules(
        """
        [[decision]]
        id = "errors-own-code"
        why = "we never roll back"
        symptom = ["error_rate"]
        propose = { noop = 0.9 }
        """,
        "own.toml",
    )
    assert first(read(described("5xx high", service="cart"), rules)) == "noop"


def test_a_deployment_names_its_own_metrics_alerts_and_products() -> None:
    rules = extend_default_rules(
        """
        [cloudwatch."Shop/Basket"]
        component = "on workload"
        Wobble = "latency when high"
        [alertname]
        BasketWobbles = "crash_loop on workload"
        [technology]
        datastore = ["wobblebase"]
        [severity.symptom]
        latency = "low"
        """,
        "own.toml",
    )
    wobble = alarm("Shop/Basket", "Wobble", "x", "above")
    assert symptom_and_action(wobble, rules) == ("latency", "scale_service")
    assert read(wobble, rules).severity == "low"
    assert symptom_and_action(prometheus("BasketWobbles", "it wobbles"), rules) == ("crash_loop", "rollback")
    assert symptom_and_action(monitor("CPU high", "wobblebase.cpu"), rules) == ("saturation_cpu", "noop")


def test_a_product_belongs_to_one_component() -> None:
    rules = extend_default_rules('[technology]\nworkload = ["mysql"]\n', "own.toml")
    assert first(read(prometheus("MysqlDown", "MySQL down"), rules)) == "restart_pods"


def test_a_rule_yields_to_a_better_reading_in_the_same_field() -> None:
    better = RULE.replace('"flux"', '"no-flux"').replace("flux capacitor", "sold flux capacitor")
    rules = load_rules(RULE + 'unless = ["no-flux"]\n', better.replace('"availability"', '"other"'))
    assert read(described("sold flux capacitor"), rules).symptom == "other"
    assert read(described("sold", "a flux capacitor"), rules).symptom == "availability"


def test_a_field_that_a_rule_does_not_name_is_not_read() -> None:
    rules = load_rules(RULE + 'in = ["title"]\n')
    assert read(described("x", "flux capacitor"), rules).symptom == "other"


@pytest.mark.parametrize(
    ("text", "message", "field"),
    [
        ("rule = [", "own.toml: not TOML: ", "own.toml"),
        (
            RULE.replace("flux capacitor", "flux (capacitor"),
            "own.toml: line 2: rule 'flux': match: pattern 'flux (capacitor': missing )",
            "rule[0].match",
        ),
        (
            RULE.replace('["flux capacitor"]', "[]"),
            "own.toml: line 2: rule 'flux': match: Expected `array` of length >= 1",
            "rule[0].match",
        ),
        (
            RULE + RULE.replace('"flux"', '"two"').replace('"availability"', '"sadness"'),
            "own.toml: line 9: rule 'two': symptom: Invalid enum value 'sadness'",
            "rule[1].symptom",
        ),
        (
            RULE + 'in = ["titel"]\n',
            "own.toml: line 2: rule 'flux': in[0]: Invalid enum value 'titel'",
            "rule[0].in[0]",
        ),
        (
            RULE + 'when = "often"\n',
            "own.toml: line 2: rule 'flux': when: Invalid enum value 'often'",
            "rule[0].when",
        ),
        (
            RULE + "strength = 0\n",
            "own.toml: line 2: rule 'flux': strength: Expected `float` > 0.0",
            "rule[0].strength",
        ),
        (
            RULE + 'sympton = "oom"\n',
            "own.toml: line 2: rule 'flux': Object contains unknown field `sympton`",
            "rule[0]",
        ),
        (RULE + RULE, "own.toml: line 9: rule 'flux': id: is used twice in this file", "rule[1].id"),
        (
            '[[rule]]\nid = "a"\nwhy = "b"\nmatch = ["c"]\n',
            "own.toml: line 1: rule 'a': symptom: the rule has no effect",
            "rule[0].symptom",
        ),
        (
            '[[decision]]\nid = "d"\nwhy = "w"\npropose = { rollback = 0.5 }\n',
            "own.toml: line 1: decision 'd': propose: noop is missing",
            "decision[0].propose",
        ),
        (
            '[[decision]]\nid = "d"\nwhy = "w"\npropose = { noop = 1.5 }\n',
            "own.toml: line 1: decision 'd': propose[...]: Expected `float` <= 1.0",
            "decision[0].propose[...]",
        ),
        (
            '[[decision]]\nid = "d"\nwhy = "w"\npropose = { reboot = 0.5, noop = 0.5 }\n',
            "own.toml: line 1: decision 'd': propose",
            "decision[0].propose",
        ),
        (
            "[[decision]]\n",
            "own.toml: line 1: decision '': Object missing required field `id`",
            "decision[0]",
        ),
        (
            '[[decision]]\nid = "d"\nwhy = "w"\ncomponent = ["datbase"]\npropose = { noop = 0.5 }\n',
            "rules: decision 'd': component: no rule signals 'datbase'",
            "component",
        ),
        (RULE + 'unless = ["flax"]\n', "rules: rule 'flux': unless: no rule signals 'flax'", "unless"),
        (
            '[metric]\n"a.b" = "slowness on node"\n',
            "rules: metric: a.b: 'slowness' is not a symptom",
            "metric.a.b",
        ),
        (
            '[metric]\n"a.b" = "disk when full"\n',
            "rules: metric: a.b: 'full' is neither high nor low",
            "metric.a.b",
        ),
        ("rule = 3\n", "own.toml: rule: Expected `array`, got `int`", "rule"),
    ],
)
def test_the_error_names_the_place_of_a_mistake(text: str, message: str, field: str) -> None:
    with pytest.raises(BadInput) as caught:
        load_rules(text, names=["own.toml"])
    assert caught.value.message.startswith(message)
    assert (caught.value.field or "").startswith(field)


def test_the_packaged_rules_give_a_reason_for_each_rule_and_decision() -> None:
    rules = default_rules()
    assert [rule.id for rule in rules.rules if len(rule.why) < 15] == []
    assert [one.id for one in rules.decisions if len(one.why) < 15] == []


def test_the_packaged_rules_decide_on_every_symptom() -> None:
    for symptom, decisions in default_rules().decisions_on.items():
        assert decisions[-1].id == "nothing-to-do", symptom


def test_the_packaged_texts_load_as_the_default_rules() -> None:
    loaded = load_rules(*default_rule_texts())
    assert [rule.id for rule in loaded.rules] == [rule.id for rule in default_rules().rules]


def test_a_deployment_may_give_reasons_for_the_other_actions() -> None:
    rules = extend_default_rules(
        """
        [reason.noop.symptom]
        error_rate = "the payments team decides"
        """,
        "own.toml",
    )
    _, *others = read(described("checkout 5xx rate high"), rules).proposals
    assert [one.evidence for one in others] == [
        ("the payments team decides",),
        ("if only some instances fail, new ones may come up clean",),
    ]


def test_an_action_without_a_reason_has_that_of_its_decision() -> None:
    rules = load_rules(
        RULE,
        """
        [[decision]]
        id = "flux"
        why = "it likes to be restarted"
        propose = { restart_pods = 0.7, noop = 0.2 }
        """,
    )
    evidence = [one.evidence for one in read(described("flux capacitor"), rules).proposals]
    assert evidence == [("it likes to be restarted",), ("it likes to be restarted",)]
