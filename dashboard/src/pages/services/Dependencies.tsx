import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import type { ServiceDetail } from "../../api/types";
import { services as said } from "../../messages/services";
import { PageLink } from "../../ui/PageLink";

interface DependenciesOf {
  title: string;
  none: string;
  /** Which end of the call is the other service. */
  end: "caller" | "callee";
  found: ServiceDetail["calls"];
}

export function Dependencies({ title, none, end, found }: DependenciesOf) {
  return (
    <Container fitHeight header={<Header variant="h2" counter={`(${found.length})`}>{title}</Header>}>
      {found.length === 0 && <Box color="text-body-secondary">{none}</Box>}
      {found.map((one) => {
        const sources = [...new Set(one.seen.map(({ source }) => source))];
        return (
          <div key={one[end]}>
            <PageLink to={`/services/${encodeURIComponent(one[end])}`}>{one[end]}</PageLink>{" "}
            <Box variant="span" color="text-body-secondary">
              {[...(one.declared ? [said.asDeclared] : []), ...(sources.length ? [said.seen(sources)] : [])].join(", ")}
            </Box>
          </div>
        );
      })}
    </Container>
  );
}
