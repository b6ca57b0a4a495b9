import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import type { Role } from "../api/types";
import { common } from "../messages/common";
import { ActionButton } from "./ActionButton";

interface FormModalProps {
  title: string;
  submitLabel: string;
  onSubmit: () => void;
  close: () => void;
  /** The role that submitting requires. */
  requires: Role;
  isComplete?: boolean;
  isPending?: boolean;
  size?: "medium" | "large";
  children: ReactNode;
}

/** A form or a question in a dialog, with a button to submit and one to cancel. */
export function FormModal({ title, submitLabel, onSubmit, close, requires, isComplete = true, isPending, size = "medium", children }: FormModalProps) {
  return (
    <Modal
      visible
      size={size}
      onDismiss={close}
      closeAriaLabel={common.cancel}
      header={title}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>
              {common.cancel}
            </Button>
            <ActionButton requires={requires} variant="primary" loading={isPending} disabled={!isComplete} onClick={onSubmit}>
              {submitLabel}
            </ActionButton>
          </SpaceBetween>
        </Box>
      }
    >
      {children}
    </Modal>
  );
}
