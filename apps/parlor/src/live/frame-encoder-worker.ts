/**
 * Beats the time and encodes, both off the page's own thread: its timers are slowed down to one a second when the tab
 * goes to the background, a worker's are not, and encoding would hold up typing.
 */
export type FromEncoder =
  | { beat: true }
  /** `bytes` is null if this picture could not be encoded. */
  | { beat: false; width: number; height: number; bytes: ArrayBuffer | null };

const BEATS_PER_SECOND = 30;
const QUALITY = 0.6;

let canvas: OffscreenCanvas | undefined;

setInterval(() => post({ beat: true }), 1000 / BEATS_PER_SECOND);

addEventListener("message", ({ data: bitmap }: MessageEvent<ImageBitmap>) => void answer(bitmap));

async function answer(bitmap: ImageBitmap): Promise<void> {
  const { width, height } = bitmap;
  const bytes = await encode(bitmap).catch(() => null);
  post({ beat: false, width, height, bytes }, bytes === null ? [] : [bytes]);
}

async function encode(bitmap: ImageBitmap): Promise<ArrayBuffer> {
  const { width, height } = bitmap;
  canvas ??= new OffscreenCanvas(width, height);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  canvas.getContext("2d", { alpha: false })?.drawImage(bitmap, 0, 0);
  bitmap.close();
  // JPEG takes a third of WebP's time to encode, and time is what thirty images a second need.
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
  return blob.arrayBuffer();
}

function post(message: FromEncoder, transfer: Transferable[] = []): void {
  // The DOM's types take a worker's global scope for a window; the form with options is the same in both.
  postMessage(message, { transfer });
}
