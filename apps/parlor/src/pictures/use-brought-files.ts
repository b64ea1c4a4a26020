import { useEffect, useEffectEvent, useState } from "react";

/** Files that are pasted into the page or dropped anywhere on it. Returns whether some are being dragged over it. */
export function useBroughtFiles(onFiles: (files: FileList) => void): boolean {
  const [isDragging, setDragging] = useState(false);
  const bring = useEffectEvent((data: DataTransfer | null): boolean => {
    if (data === null || data.files.length === 0) return false;
    onFiles(data.files);
    return true;
  });

  useEffect(() => {
    function paste(event: ClipboardEvent): void {
      if (bring(event.clipboardData)) event.preventDefault();
    }
    function dragOver(event: DragEvent): void {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      setDragging(true);
    }
    function dragLeave(event: DragEvent): void {
      // Leaving one element for another inside of the page is not leaving the page.
      if (event.relatedTarget === null) setDragging(false);
    }
    function drop(event: DragEvent): void {
      setDragging(false);
      if (bring(event.dataTransfer)) event.preventDefault();
    }
    const page = new AbortController();
    document.addEventListener("paste", paste, page);
    document.addEventListener("dragover", dragOver, page);
    document.addEventListener("dragleave", dragLeave, page);
    document.addEventListener("drop", drop, page);
    return () => page.abort();
  }, []);
  return isDragging;
}
