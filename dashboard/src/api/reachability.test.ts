import { expect, test } from "vitest";
import { isReachable, setReachable, subscribeToReachability } from "./reachability";

test("the last answer decides, and listeners are called only on a change", () => {
  const changes: boolean[] = [];
  const unsubscribe = subscribeToReachability(() => changes.push(isReachable()));
  for (const answered of [true, false, false, true]) setReachable(answered);
  unsubscribe();
  setReachable(false);
  expect(changes).toEqual([false, true]);
});
