import { expect, test } from "vitest";
import { isReached, noteReached, onReach } from "./reachability";

test("the last answer decides, and only a change is told", () => {
  const told: boolean[] = [];
  const stop = onReach(() => told.push(isReached()));
  for (const answered of [true, false, false, true]) noteReached(answered);
  stop();
  noteReached(false);
  expect(told).toEqual([false, true]);
});
