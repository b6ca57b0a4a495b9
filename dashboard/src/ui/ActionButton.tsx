import Button, { type ButtonProps } from "@cloudscape-design/components/button";
import type { Role } from "../api/types";
import { usePermission } from "../lib/permissions";

interface ActOf {
  needs: Role;
  act: () => void;
  children: string;
  /** Says which one is meant, where a page has the same button many times. */
  label?: string;
  pending?: boolean;
  variant?: ButtonProps.Variant;
}

/** A button that changes something: disabled, with the reason, for whoever may not. */
export function ActionButton({ needs, act, children, label, pending = false, variant = "normal" }: ActOf) {
  const { allowed, reason } = usePermission(needs);
  return (
    <Button
      variant={variant}
      ariaLabel={label}
      disabled={!allowed}
      disabledReason={reason || undefined}
      loading={pending}
      onClick={act}
    >
      {children}
    </Button>
  );
}
