import { expect, test } from "vitest";
import { fromAddress, toAddress } from "./filter";

test("a filter goes to the address and comes back the same", () => {
  const filter = { symptom: "oom", action: "rollback", service: "check out&x" } as const;
  expect(fromAddress(new URLSearchParams(toAddress(filter).toString()))).toEqual(filter);
});

test("what is no symptom or action is left out of an address", () => {
  expect(fromAddress(new URLSearchParams("symptom=fever&action=pray&service="))).toEqual({});
});
