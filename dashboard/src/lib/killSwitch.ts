import { useAutomation } from "../api/queries";
import { text } from "../messages/common";

/** What the top bar shows of it, on every page. */
export function useKillSwitch(): { label: string; isStopped: boolean } {
  const { data } = useAutomation();
  if (!data) return { label: text.kill.unknown, isStopped: false };
  return { label: data.enabled ? text.kill.on : text.kill.off, isStopped: !data.enabled };
}
