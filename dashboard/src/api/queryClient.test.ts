import { MutationObserver, onlineManager } from "@tanstack/react-query";
import { afterEach, expect, test } from "vitest";
import { queryClient } from "./queryClient";

afterEach(() => onlineManager.setOnline(true));

test("a decision made while the browser is offline fails at once and is not sent later", async () => {
  onlineManager.setOnline(false);
  let sent = 0;
  const approve = new MutationObserver(queryClient, {
    mutationFn: () => {
      sent += 1;
      return Promise.reject(new Error("the dashboard cannot reach the API"));
    },
  });
  await expect(approve.mutate()).rejects.toThrow("cannot reach");
  onlineManager.setOnline(true);
  expect(sent).toBe(1);
});

test("queries are sent even if the browser reports no connection", async () => {
  onlineManager.setOnline(false);
  await expect(queryClient.query({ queryKey: ["test"], queryFn: () => "answered" })).resolves.toBe("answered");
});
