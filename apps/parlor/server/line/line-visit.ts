import { type DemoNews, type DemoOrder, REPORTS } from "../../shared/line-demo.ts";
import { Network } from "./network.ts";
import { Partner } from "./partner.ts";

/** What a visit needs of the session by which the page directs it. */
export interface DirectingSession {
  send(data: string): void;
  stream(name: string, options: object): { send(data: string): void };
}

/** One visitor's demonstration: a network of its own, and who is at the other end of it. */
export class LineVisit {
  readonly id: string;
  readonly network: Network;
  readonly partner: Partner;

  constructor(id: string, session: DirectingSession) {
    this.id = id;
    const reports = session.stream(REPORTS.name, REPORTS.options);
    function tell(news: DemoNews): void {
      session.send(JSON.stringify(news));
    }
    this.network = new Network((network) => tell({ kind: "network", network }));
    this.partner = new Partner((report) => reports.send(JSON.stringify(report)));
    tell({ kind: "visit", id });
    tell({ kind: "network", network: this.network.state });
    this.partner.run(true);
  }

  follow(order: Exclude<DemoOrder, { kind: "start-over" | "leave" }>): void {
    switch (order.kind) {
      case "cut":
        return this.network.cut(order);
      case "mend":
        return this.network.mend();
      case "storm":
        return this.network.storm();
      case "run":
        return this.partner.run(order.isRunning);
    }
  }

  end(): void {
    this.partner.stop();
    this.network.close();
  }
}
