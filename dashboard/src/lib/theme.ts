/** Light or dark: as the person chose, else as the system says. */
import { applyMode, Mode } from "@cloudscape-design/global-styles";
import { useSyncExternalStore } from "react";

const KEY = "cloudops.theme";
const system = window.matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

export type Theme = "light" | "dark";

export function theme(): Theme {
  const chosen = localStorage.getItem(KEY);
  if (chosen === "light" || chosen === "dark") return chosen;
  return system.matches ? "dark" : "light";
}

export function applyTheme(): void {
  applyMode(theme() === "dark" ? Mode.Dark : Mode.Light);
  document.documentElement.style.colorScheme = theme();
}

export function chooseTheme(chosen: Theme): void {
  localStorage.setItem(KEY, chosen);
  changed();
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, theme);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  system.addEventListener("change", changed);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) system.removeEventListener("change", changed);
  };
}

function changed(): void {
  applyTheme();
  for (const listener of listeners) listener();
}
