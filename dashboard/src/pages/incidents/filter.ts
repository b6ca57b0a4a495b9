/** The filter of the incident list, as it is in the page's address and in the filter's tokens. */
import type { PropertyFilterProps } from "@cloudscape-design/components/property-filter";
import type { IncidentFilter } from "../../api/queries";

/** Properties that the API filters by. Each can be set once; an incident must match all of them. */
export const PROPERTIES = ["status", "severity", "service", "environment"] as const;
type Property = (typeof PROPERTIES)[number];

const VALUES: Partial<Record<Property, readonly string[]>> = {
  status: ["open", "acknowledged", "resolved", "merged"],
  severity: ["critical", "high", "medium", "low"],
};

export const VALUE_OPTIONS: PropertyFilterProps.FilteringOption[] = Object.entries(VALUES).flatMap(([propertyKey, values]) =>
  values.map((value) => ({ propertyKey, value })),
);

/** Reads a filter from an address; unknown parameters and values are ignored. */
export function filterFromSearch(search: URLSearchParams): IncidentFilter {
  const filter: Record<string, string> = {};
  for (const property of PROPERTIES) {
    const value = search.get(property);
    if (value && (VALUES[property]?.includes(value) ?? true)) filter[property] = value;
  }
  const text = search.get("text");
  if (text) filter.text = text;
  return filter;
}

export function queryFromFilter(filter: IncidentFilter): PropertyFilterProps.Query {
  const tokens: PropertyFilterProps.Token[] = PROPERTIES.flatMap((propertyKey) => {
    const value = filter[propertyKey];
    return value ? [{ propertyKey, operator: "=", value }] : [];
  });
  if (filter.text) tokens.push({ operator: ":", value: filter.text });
  return { operation: "and", tokens };
}

/** Reads a filter from tokens. The last value of a property counts; tokens without a property form one text. */
export function filterFromQuery(query: PropertyFilterProps.Query): IncidentFilter {
  const search = new URLSearchParams();
  const texts: string[] = [];
  for (const token of query.tokens) {
    const value = String(token.value).trim();
    if (token.propertyKey) search.set(token.propertyKey, value);
    else texts.push(value);
  }
  if (texts.length) search.set("text", texts.join(" "));
  return filterFromSearch(search);
}
