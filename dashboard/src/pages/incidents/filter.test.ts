import { expect, test } from "vitest";
import { fromAddress, fromQuery, toAddress, toQuery } from "./filter";

test("a filter goes to the address and comes back the same", () => {
  const filter = { status: "open", severity: "critical", service: "check/out & more", text: "5xx" } as const;
  expect(fromAddress(new URLSearchParams(toAddress(filter).toString()))).toEqual(filter);
});

test("a filter goes to the filter's tokens and comes back the same", () => {
  const filter = { status: "resolved", environment: "prod", text: "disk full" } as const;
  expect(fromQuery(toQuery(filter))).toEqual(filter);
});

test("what is no status or severity is left out of an address", () => {
  expect(fromAddress(new URLSearchParams("status=broken&severity=low&other=1"))).toEqual({ severity: "low" });
});

test("of two values of one property the latest counts", () => {
  const tokens = [
    { propertyKey: "service", operator: "=", value: "search" },
    { propertyKey: "service", operator: "=", value: "checkout" },
    { operator: ":", value: "slow" },
    { operator: ":", value: "pods" },
  ];
  expect(fromQuery({ operation: "and", tokens })).toEqual({ service: "checkout", text: "slow pods" });
});
