import Box from "@cloudscape-design/components/box";
import { text } from "../messages/common";

/** A confidence as a percentage; its range on hover. */
export function Probability({ mean, low }: { mean: number; low: number | null }) {
  return (
    <Box variant="span" color="text-body-secondary">
      <span title={low === null ? undefined : text.incident.suggestions.range(low, mean)}>{Math.round(mean * 100)}%</span>
    </Box>
  );
}
