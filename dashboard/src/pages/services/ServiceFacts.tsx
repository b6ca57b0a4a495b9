import Container from "@cloudscape-design/components/container";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import type { ServiceDetail } from "../../api/types";
import { services as said } from "../../messages/services";
import { ExternalLink } from "../../ui/ExternalLink";

const { facts } = said;

export function ServiceFacts({ service }: { service: ServiceDetail }) {
  const { owner, tier, runbook, aliases, stacks, declared } = service;
  return (
    <Container>
      <KeyValuePairs
        columns={3}
        minColumnWidth={160}
        items={[
          { label: facts.owner, value: owner || "-" },
          { label: facts.tier, value: tier ?? "-" },
          { label: facts.known, value: declared ? said.declared : said.discovered },
          { label: facts.runbook, value: runbook ? <ExternalLink to={runbook}>{facts.open}</ExternalLink> : "-" },
          { label: facts.aliases, value: aliases.join(", ") || "-" },
          { label: facts.stacks, value: stacks.join(", ") || "-" },
        ]}
      />
    </Container>
  );
}
