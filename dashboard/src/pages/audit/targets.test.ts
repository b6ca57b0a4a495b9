import { expect, test } from "vitest";
import { incidentOf } from "./targets";

test.each([
  ["inc_9f146ba4676c9730", "inc_9f146ba4676c9730"],
  ["inc_9f146ba4676c9730.scale_service", "inc_9f146ba4676c9730"],
  ["pol_fe976f0feb41976a", undefined],
  ["automation", undefined],
  ["", undefined],
])("%j is about incident %j", (target, incident) => {
  expect(incidentOf(target)).toBe(incident);
});
