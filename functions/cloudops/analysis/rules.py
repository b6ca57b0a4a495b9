"""The rules that an alert is read by, compiled so that one pass reads a text and a look-up reads a name."""

from collections.abc import Mapping, Sequence
from functools import lru_cache, reduce
from importlib.resources import files
from typing import Final

from cloudops.analysis.pattern_set import PatternSet
from cloudops.analysis.rule_files import DecisionRule, RuleFile, check_references, merge, parse_rule_file
from cloudops.analysis.rule_grammar import IDLE, UNKNOWN, FacetSpec, parse_meaning
from cloudops.analysis.text import normalize_name
from cloudops.core.errors import BadInput
from cloudops.core.taxonomy import Action, Symptom

PACKAGED: Final = (
    "rules.toml",
    "knowledge/words.toml",
    "knowledge/cloudwatch.toml",
    "knowledge/technology.toml",
    "knowledge/alertnames.toml",
)


class RuleSet:
    """Immutable to its users.

    `meanings`, `apart` (the same without a component) and `exceptions` (numbers of the rules that read
    better) run parallel to `rules`; pattern i belongs to rule `owners[i]`. `decisions_on` are
    those that a symptom can meet, in order, `reasons_on` what speaks for an action that is not the first of
    its decision. The tables of known names are by plain name.
    """

    def __init__(self, merged: RuleFile) -> None:
        self.rules = merged.rule
        self.severity = merged.severity
        self.meanings = tuple(FacetSpec(r.symptom, r.component, r.when, r.traits) for r in self.rules)
        self.apart = tuple(FacetSpec(r.symptom, "", r.when, r.traits) for r in self.rules)
        self.decisions = merged.decision
        self.decisions_on: dict[Symptom, tuple[DecisionRule, ...]] = {
            symptom: tuple(one for one in merged.decision if not one.symptom or symptom in one.symptom)
            for symptom in Symptom
        }
        self.reasons_on = {symptom: _reasons(merged, symptom) for symptom in Symptom}
        self.cloudwatch = {
            normalize_name(namespace) or namespace: _meanings(f"cloudwatch.{namespace}", table)
            for namespace, table in merged.cloudwatch.items()
        }
        self.metrics = _meanings("metric", merged.metric)
        self.alertnames = _meanings("alertname", merged.alertname)
        self.kinds = _meanings("kind", merged.kind)
        self.labels = _meanings("label", merged.label)
        self.technology = _components(merged.technology)
        self.families = _components(merged.family) | self.technology
        self.jobs = _components(merged.job)
        told = self._told()
        check_references(
            merged,
            {UNKNOWN, *(meaning.component for meaning in told)},
            {IDLE, *(trait for meaning in told for trait in meaning.traits)},
        )
        numbers = {rule.id: number for number, rule in enumerate(self.rules)}
        self.exceptions = tuple(frozenset(numbers[name] for name in rule.unless) for rule in self.rules)
        self.owners = tuple(number for number, rule in enumerate(self.rules) for _ in rule.match)
        self.patterns = PatternSet([pattern for rule in self.rules for pattern in rule.match])

    def wordings(self, text: str) -> tuple[int, ...]:
        """The numbers of the rules whose wording stands in a text, ascending."""
        if not text:
            return ()
        owners = self.owners
        return tuple(sorted({owners[number] for number in self.patterns.matches(text)}))

    def _told(self) -> list[FacetSpec]:
        tables = (self.metrics, self.alertnames, self.kinds, self.labels, self.families, self.jobs)
        return [
            *self.meanings,
            *(meaning for table in (*tables, *self.cloudwatch.values()) for meaning in table.values()),
        ]


def load_rules(*texts: str, names: Sequence[str] = ()) -> RuleSet:
    """A later text adds to the earlier ones and overrides their entries of the same id or name.

    `names` are what errors call the texts. Raises BadInput that names the place."""
    called = names or [f"rules {number}" for number in range(1, len(texts) + 1)]
    parsed = [parse_rule_file(text, name) for text, name in zip(texts, called, strict=True)]
    return RuleSet(reduce(merge, parsed, RuleFile()))


@lru_cache(maxsize=1)
def default_rules() -> RuleSet:
    """The rules that come with the package."""
    return load_rules(*default_rule_texts(), names=PACKAGED)


def default_rule_texts() -> tuple[str, ...]:
    """The packaged rule files."""
    home = files("cloudops.analysis")
    return tuple(home.joinpath(name).read_text("utf-8") for name in PACKAGED)


def extend_default_rules(text: str, name: str) -> RuleSet:
    """A deployment's own rules on top of ours."""
    return load_rules(*default_rule_texts(), text, names=(*PACKAGED, name))


def _reasons(merged: RuleFile, symptom: Symptom) -> dict[Action, str]:
    return {action: told.symptom.get(symptom, told.any) for action, told in merged.reason.items()}


def _components(names: Mapping[str, tuple[str, ...]]) -> dict[str, FacetSpec]:
    return {name: FacetSpec(component=component) for component, several in names.items() for name in several}


def _meanings(table: str, sentences: Mapping[str, str]) -> dict[str, FacetSpec]:
    """By plain name, as vendors spell one name in several ways."""
    told: dict[str, FacetSpec] = {}
    for name, sentence in sentences.items():
        try:
            told[normalize_name(name)] = parse_meaning(sentence)
        except ValueError as error:
            raise BadInput(f"rules: {table}: {name}: {error}", field=f"{table}.{name}") from error
    return told
