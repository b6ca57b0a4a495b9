/** The list's filter as it stands in the page's address, so that a view can be sent to a colleague. */
import type { PropertyFilterProps } from "@cloudscape-design/components/property-filter";
import type { IncidentFilter } from "../../api/queries";

/** Properties that the API filters by; each at most once, joined by "and". */
export const PROPERTIES = ["status", "severity", "service", "environment"] as const;
type Property = (typeof PROPERTIES)[number];

const VALUES: Partial<Record<Property, readonly string[]>> = {
  status: ["open", "acknowledged", "resolved", "merged"],
  severity: ["critical", "high", "medium", "low"],
};

export const OPTIONS: PropertyFilterProps.FilteringOption[] = Object.entries(VALUES).flatMap(([propertyKey, values]) =>
  values.map((value) => ({ propertyKey, value })),
);

/** What the address says, less what means nothing to us. */
export function fromAddress(search: URLSearchParams): IncidentFilter {
  const found: Record<string, string> = {};
  for (const property of PROPERTIES) {
    const value = search.get(property);
    if (value && (VALUES[property]?.includes(value) ?? true)) found[property] = value;
  }
  const text = search.get("text");
  if (text) found.text = text;
  return found;
}

export function toAddress(filter: IncidentFilter): URLSearchParams {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(filter) as [string, string | undefined][]) if (value) search.set(key, value);
  return search;
}

export function toQuery(filter: IncidentFilter): PropertyFilterProps.Query {
  const tokens: PropertyFilterProps.Token[] = PROPERTIES.flatMap((propertyKey) => {
    const value = filter[propertyKey];
    return value ? [{ propertyKey, operator: "=", value }] : [];
  });
  if (filter.text) tokens.push({ operator: ":", value: filter.text });
  return { operation: "and", tokens };
}

/** The latest value of a property counts; words without a property are one text. */
export function fromQuery(query: PropertyFilterProps.Query): IncidentFilter {
  const search = new URLSearchParams();
  const texts: string[] = [];
  for (const { propertyKey, value } of query.tokens) {
    const told = String(value).trim();
    if (propertyKey) search.set(propertyKey, told);
    else texts.push(told);
  }
  if (texts.length) search.set("text", texts.join(" "));
  return fromAddress(search);
}
