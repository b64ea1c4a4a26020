import type { ParlorPage } from "./parlor-page.ts";

export type DemoLine = "session" | "plain";

/** What the first screen says of a line: by the rows of its table, to and from the other person. */
export type LineCounts = Record<
  "sent" | "arrived" | "waiting" | "lost" | "repeated" | "out-of-order",
  [to: number, from: number]
>;

export async function countsOf(person: ParlorPage, line: DemoLine): Promise<LineCounts> {
  const rows = await person.page.$$eval(`[data-line="${line}"] tr[data-fact]`, (all) =>
    all.map((row) => [
      row.getAttribute("data-fact"),
      Array.from(row.querySelectorAll("td"), ({ textContent }) => Number(textContent)),
    ]),
  );
  return Object.fromEntries(rows) as LineCounts;
}

/** Waits until both lines are in this state. */
export async function waitForLines(person: ParlorPage, phase: string): Promise<void> {
  await person.waitFor(
    (wanted) => document.querySelectorAll(`.demo-card[data-phase="${wanted}"]`).length === 2,
    phase,
  );
}

/** Waits until so many messages more have been sent to the other person. */
export async function waitForSent(person: ParlorPage, more: number): Promise<void> {
  const { sent } = await countsOf(person, "session");
  await person.waitFor(
    (least) => Number(document.querySelector('[data-fact="sent"] td')?.textContent) >= least,
    sent[0] + more,
  );
}

/** Stops the counting, and waits until everything is there that the session still carries. */
export async function settle(person: ParlorPage): Promise<void> {
  await person.press("Pause");
  await person.waitFor(() => {
    const cells = document.querySelectorAll('[data-line="session"] [data-fact="waiting"] td');
    return Array.from(cells).every(({ textContent }) => textContent === "0");
  });
}

/** Pulls the handle along its rail, and lets it go. */
export async function pullHandle(person: ParlorPage, byPx: number): Promise<void> {
  await person.page.bringToFront();
  const handle = await person.page.waitForSelector(".cut-handle:enabled");
  const box = await handle?.boundingBox();
  if (box === null || box === undefined) throw new Error("The handle is not in sight");
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const { mouse } = person.page;
  await mouse.move(x, y);
  await mouse.down();
  await mouse.move(x, y + byPx / 2, { steps: 4 });
  await mouse.move(x, y + byPx, { steps: 4 });
  await mouse.up();
}
