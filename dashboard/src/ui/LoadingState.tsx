import Box from "@cloudscape-design/components/box";
import Spinner from "@cloudscape-design/components/spinner";
import { text } from "../messages/common";

export function LoadingState({ what = text.loading }: { what?: string }) {
  return (
    <Box textAlign="center" padding="xl" color="text-status-inactive">
      <Spinner /> {what}
    </Box>
  );
}
