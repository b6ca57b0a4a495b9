import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import { text } from "../messages/common";

interface FormOf {
  title: string;
  /** What the button says that sends it. */
  send: string;
  onSend: () => void;
  close: () => void;
  ready?: boolean;
  pending?: boolean;
  size?: "medium" | "large";
  children: ReactNode;
}

/** Something to fill in or to confirm before it is done. */
export function FormModal({ title, send, onSend, close, ready = true, pending = false, size = "medium", children }: FormOf) {
  return (
    <Modal
      visible
      size={size}
      onDismiss={close}
      closeAriaLabel={text.kill.cancel}
      header={title}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>
              {text.kill.cancel}
            </Button>
            <Button variant="primary" loading={pending} disabled={!ready} onClick={onSend}>
              {send}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      {children}
    </Modal>
  );
}
