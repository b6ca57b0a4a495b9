import { useEffect } from "react";
import { text } from "../messages/common";

/** What the browser's tab says while a page is shown; a page whose name is not known leaves it as it is. */
export function useDocumentTitle(page: string | undefined): void {
  useEffect(() => {
    if (page !== undefined) document.title = `${page} · ${text.product}`;
  }, [page]);
}
