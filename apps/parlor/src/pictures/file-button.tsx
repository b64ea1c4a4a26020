import { type ComponentProps, useRef } from "react";
import { Icon } from "../icon.tsx";

interface FileButtonProps {
  icon: ComponentProps<typeof Icon>["name"];
  label: string;
  accept: string;
  multiple?: boolean;
  disabled?: boolean;
  onFiles: (files: File[]) => void;
}

/** A button that asks for files; the input itself is out of sight and out of the tab order. */
export function FileButton({
  icon,
  label,
  accept,
  multiple = false,
  disabled = false,
  onFiles,
}: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" disabled={disabled} onClick={() => input.current?.click()}>
        <Icon name={icon} />
        {label}
      </button>
      <input
        ref={input}
        type="file"
        className="file-input"
        tabIndex={-1}
        aria-hidden="true"
        aria-label={label}
        accept={accept}
        multiple={multiple}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          // So that the same file can be chosen again.
          event.target.value = "";
        }}
      />
    </>
  );
}
