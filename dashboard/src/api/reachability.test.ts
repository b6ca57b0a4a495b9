import { expect, test } from "vitest";
import { isReachable, setReachable, subscribeToReachability } from "./reachability";

test("the last answer decides, and only a change is told", () => {
  const told: boolean[] = [];
  const stop = subscribeToReachability(() => told.push(isReachable()));
  for (const answered of [true, false, false, true]) setReachable(answered);
  stop();
  setReachable(false);
  expect(told).toEqual([false, true]);
});
