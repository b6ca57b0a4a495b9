import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import { ApiError } from "../api/apiError";
import { text } from "../messages/common";

/** What went wrong, in the API's words, and a way to try again. */
export function ErrorState({ error, retry }: { error: Error; retry?: () => unknown }) {
  const missing = error instanceof ApiError && error.status === 404;
  return (
    <Alert
      type="error"
      header={text.failure.title}
      action={retry && !missing ? <Button onClick={() => void retry()}>{text.failure.retry}</Button> : undefined}
    >
      {missing ? text.failure.notFound : error.message}
    </Alert>
  );
}
