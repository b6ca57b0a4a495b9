import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Spinner from "@cloudscape-design/components/spinner";
import { ApiError } from "../api/apiError";
import { common } from "../messages/common";

/** Shows the API's error. Offers a retry, except for what does not exist. */
export function ErrorState({ error, retry }: { error: Error; retry?: () => unknown }) {
  const isMissing = error instanceof ApiError && error.status === 404;
  return (
    <Alert
      type="error"
      header={common.loadingFailed}
      action={retry && !isMissing ? <Button onClick={() => void retry()}>{common.retry}</Button> : undefined}
    >
      {error.message}
    </Alert>
  );
}

export function LoadingState({ message = common.loading }: { message?: string }) {
  return (
    <Box textAlign="center" padding="xl" color="text-status-inactive">
      <Spinner /> {message}
    </Box>
  );
}
