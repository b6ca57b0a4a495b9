import { expect, test } from "vitest";
import { toSearchParams } from "../../lib/paths";
import { filterFromSearch } from "./filter";

test("a filter survives the page's address", () => {
  const filter = { symptom: "oom", action: "rollback", service: "check out&x" } as const;
  expect(filterFromSearch(new URLSearchParams(toSearchParams(filter).toString()))).toEqual(filter);
});

test("unknown symptoms and actions in an address are ignored", () => {
  expect(filterFromSearch(new URLSearchParams("symptom=fever&action=pray&service="))).toEqual({});
});
