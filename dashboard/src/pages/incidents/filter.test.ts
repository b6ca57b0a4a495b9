import { expect, test } from "vitest";
import { toSearchParams } from "../../lib/paths";
import { filterFromQuery, filterFromSearch, queryFromFilter } from "./filter";

test("a filter survives the page's address", () => {
  const filter = { status: "open", severity: "critical", service: "check/out & more", text: "5xx" } as const;
  expect(filterFromSearch(new URLSearchParams(toSearchParams(filter).toString()))).toEqual(filter);
});

test("a filter survives the filter's tokens", () => {
  const filter = { status: "resolved", environment: "prod", text: "disk full" } as const;
  expect(filterFromQuery(queryFromFilter(filter))).toEqual(filter);
});

test("unknown statuses and parameters in an address are ignored", () => {
  expect(filterFromSearch(new URLSearchParams("status=broken&severity=low&other=1"))).toEqual({ severity: "low" });
});

test("the last of two values of a property counts", () => {
  const tokens = [
    { propertyKey: "service", operator: "=", value: "search" },
    { propertyKey: "service", operator: "=", value: "checkout" },
    { operator: ":", value: "slow" },
    { operator: ":", value: "pods" },
  ];
  expect(filterFromQuery({ operation: "and", tokens })).toEqual({ service: "checkout", text: "slow pods" });
});
