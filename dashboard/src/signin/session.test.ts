import { expect, test } from "vitest";
import { safePath } from "./session";



test.each(["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "", undefined, 7])(
  "after the sign-in, %j leads nowhere else",
  (back) => {
    expect(safePath(back)).toBe("/");
  },
);

test("after the sign-in the same page comes back", () => {
  expect(safePath("/incidents/inc_1?x=%2F")).toBe("/incidents/inc_1?x=%2F");
});
