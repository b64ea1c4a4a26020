/**
 * Lets every connection of this page that waits for its next attempt make it now: they all listen for the browser's
 * word that the network is back.
 */
export function retryNow(): void {
  dispatchEvent(new Event("online"));
}
