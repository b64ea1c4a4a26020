/** Up is from the client to the target, down from the target to the client. */
export type Direction = "up" | "down";
export type Directions = Direction | "both";
/** An end of a proxied connection. */
export type Side = "client" | "target";
export type Sides = Side | "both";

export function includes<One extends string>(all: One | "both", one: One): boolean {
  return all === "both" || all === one;
}
