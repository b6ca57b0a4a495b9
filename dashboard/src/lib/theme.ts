/** The color theme: as the person chose, or else as the system is set. */
import { applyMode, Mode } from "@cloudscape-design/global-styles";
import { useSyncExternalStore } from "react";

const STORAGE_KEY = "cloudops.theme";
const systemDark = window.matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

export type Theme = "light" | "dark";

export function theme(): Theme {
  const chosen = localStorage.getItem(STORAGE_KEY);
  if (chosen === "light" || chosen === "dark") return chosen;
  return systemDark.matches ? "dark" : "light";
}

export function applyTheme(): void {
  applyMode(theme() === "dark" ? Mode.Dark : Mode.Light);
  document.documentElement.style.colorScheme = theme();
}

export function chooseTheme(chosen: Theme): void {
  localStorage.setItem(STORAGE_KEY, chosen);
  changed();
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, theme);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  systemDark.addEventListener("change", changed);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) systemDark.removeEventListener("change", changed);
  };
}

function changed(): void {
  applyTheme();
  for (const listener of listeners) listener();
}
