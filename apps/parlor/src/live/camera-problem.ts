/** What went wrong with the camera, in words for a person, by the names of the Media Capture standard's errors. */
export function describeCameraProblem(error: unknown): string {
  switch (error instanceof Error ? error.name : "") {
    case "NotAllowedError":
      return "The camera is not allowed here. Allow it in the browser’s address bar, then try again.";
    case "NotFoundError":
      return "No camera was found.";
    case "NotReadableError":
    case "AbortError":
      return "The camera is there but does not start. Perhaps another program uses it.";
    case "OverconstrainedError":
      return "The camera cannot give a picture of the size that is needed.";
    case "SecurityError":
      return "The browser’s settings forbid the use of the camera.";
    case "InsecureContextError":
      return "Browsers give the camera only to pages on https or on this same machine.";
    default:
      return "The camera did not start.";
  }
}

/** Where there is no camera at all to ask for, as on plain http from another machine. */
export class InsecureContextError extends Error {
  override name = "InsecureContextError";
}
