import Button, { type ButtonProps } from "@cloudscape-design/components/button";
import type { Role } from "../api/types";
import { usePermission } from "../lib/permissions";

interface ActionButtonProps {
  /** The role that the API requires for the action. */
  requires: Role;
  onClick: () => void;
  children?: string;
  /** Names the object of the action where a page has the same button several times. */
  label?: string;
  loading?: boolean;
  /** Disables the button for a reason other than the person's role. */
  disabled?: boolean;
  /** Why `disabled` is set; shown if the role would allow the action. */
  disabledReason?: string;
  variant?: ButtonProps.Variant;
  iconName?: ButtonProps["iconName"];
}

/** A button that changes something. It is disabled, with the reason, for people without the required role. */
export function ActionButton({ requires, children, label, disabled = false, disabledReason, ...button }: ActionButtonProps) {
  const { allowed, reason } = usePermission(requires);
  return (
    <Button {...button} ariaLabel={label} disabled={!allowed || disabled} disabledReason={reason || disabledReason || undefined}>
      {children}
    </Button>
  );
}
