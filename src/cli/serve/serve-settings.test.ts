import { describe, expect, test } from "vitest";
import { resolveServeSettings, type ServeFlags } from "./serve-settings.ts";

function resolve(flags: ServeFlags, value?: unknown) {
  const config = value === undefined ? null : { file: "ropeway.config.js", folder: "/etc/app", value };
  return resolveServeSettings(flags, config, "/home/me");
}

function onconnection(): void {}

describe("resolveServeSettings", () => {
  test("has safe defaults", () => {
    expect(resolve({})).toEqual({
      host: "127.0.0.1",
      port: 8080,
      static: null,
      tls: null,
      origins: undefined,
      graceMs: 5000,
      quiet: false,
      endpoints: {},
      sessions: {},
    });
  });

  test("takes every setting from a config file, with paths from its folder", () => {
    const endpoints = { "/room": onconnection, "/big": { onconnection, maxPayload: 1 } };
    const tls = { cert: "a.pem", key: "/k.pem" };
    const config = {
      host: "::1",
      port: 0,
      static: "dist",
      tls,
      origins: ["https://a.example"],
      graceMs: 0,
      quiet: true,
    };
    expect(resolve({}, { ...config, endpoints })).toEqual({
      ...config,
      static: { path: "/etc/app/dist", option: '"static"' },
      tls: {
        cert: { path: "/etc/app/a.pem", option: '"tls.cert"' },
        key: { path: "/k.pem", option: '"tls.key"' },
      },
      endpoints: { "/room": { onconnection }, "/big": { onconnection, maxPayload: 1 } },
      sessions: {},
    });
  });

  test("lets flags win over the file, with paths from the working folder", () => {
    const flags = {
      host: "::",
      port: "1",
      static: "www",
      cert: "c",
      key: "k",
      origin: ["*"],
      graceMs: "7",
      quiet: true,
    };
    const file = {
      host: "a",
      port: 2,
      static: "b",
      tls: { cert: "x", key: "y" },
      origins: [],
      graceMs: 3,
      quiet: false,
    };
    expect(resolve(flags, file)).toEqual({
      host: "::",
      port: 1,
      static: { path: "/home/me/www", option: "--static" },
      tls: { cert: { path: "/home/me/c", option: "--cert" }, key: { path: "/home/me/k", option: "--key" } },
      origins: "*",
      graceMs: 7,
      quiet: true,
      endpoints: {},
      sessions: {},
    });
  });

  test("hands on what the file says of sessions, for the server to check", () => {
    const sessions = {
      onconnection,
      authenticate: onconnection,
      sessions: { sessionsMax: 1 },
      handleProtocols: ["a"],
    };
    expect(resolve({}, sessions)).toMatchObject({ sessions });
    expect(() => resolve({}, { onconnection: "echo" })).toThrow(
      '"onconnection" in ropeway.config.js is "echo"; allowed is a function that takes connections',
    );
  });

  test.each<[ServeFlags, string]>([
    [{ port: "abc" }, '--port is "abc"; allowed is a whole number from 0 to 65535'],
    [{ port: "65536" }, "--port is 65536; allowed is a whole number from 0 to 65535"],
    [{ port: "-1" }, '--port is "-1"; allowed'],
    [{ port: "" }, '--port is ""; allowed'],
    [{ port: "1e3" }, '--port is "1e3"; allowed'],
    [{ host: "" }, '--host is ""; allowed is a host name'],
    [{ static: "" }, '--static is ""; allowed is a folder'],
    [{ cert: "a" }, "--cert is given without --key; they go together"],
    [{ key: "a" }, "--key is given without --cert; they go together"],
    [{ cert: "", key: "k" }, '--cert is ""; allowed is the path of a PEM file'],
    [
      { graceMs: "soon" },
      '--grace-ms is "soon"; allowed is a whole number of milliseconds from 0 to 3600000',
    ],
    [
      { origin: ["https://a.example/path"] },
      '--origin is "https://a.example/path"; allowed is "*" or origins',
    ],
    [{ origin: ["a.example"] }, '--origin is "a.example"; allowed'],
    [{ origin: ["null"] }, '--origin is "null"; allowed'],
  ])("refuses the flags %j", (flags, message) => {
    expect(() => resolve(flags)).toThrow(message);
  });

  test.each<[unknown, string]>([
    [
      { prot: 1 },
      'ropeway.config.js has the unknown key "prot", which is perhaps "port"; allowed are host, port,',
    ],
    [{ database: 1 }, 'ropeway.config.js has the unknown key "database"; allowed are host, port,'],
    [JSON.parse('{ "__proto__": {} }'), 'the unknown key "__proto__"'],
    [{ constructor: 1 }, 'the unknown key "constructor"'],
    [{ tls: { cret: "a" } }, '"tls.cert" in ropeway.config.js is missing; allowed is the path of a PEM file'],
    [{ tls: { cert: "a", key: "b", ca: "c" } }, 'the unknown key "tls.ca"; allowed are cert, key'],
    [{ tls: true }, '"tls" in ropeway.config.js is true; allowed is { cert, key }'],
    [{ port: "80" }, '"port" in ropeway.config.js is "80"; allowed is a whole number from 0 to 65535'],
    [{ port: 80.5 }, '"port" in ropeway.config.js is 80.5; allowed'],
    [{ port: Number.NaN }, '"port" in ropeway.config.js is null; allowed'],
    [{ quiet: "yes" }, '"quiet" in ropeway.config.js is "yes"; allowed is true or false'],
    [
      { origins: "https://a.example" },
      '"origins" in ropeway.config.js is "https://a.example"; allowed is "*" or',
    ],
    [{ host: null }, '"host" in ropeway.config.js is null; allowed'],
    [[], "The configuration in ropeway.config.js is []; allowed is an object of settings"],
    [onconnection, "The configuration in ropeway.config.js is a function; allowed is an object of settings"],
    [null, "The configuration in ropeway.config.js is null; allowed is an object of settings"],
    [{ static: "x".repeat(100), port: Array(200).fill("y") }, "…; allowed is a whole number"],
  ])("refuses the configuration %j", (value, message) => {
    expect(() => resolve({}, value)).toThrow(message);
  });

  test.each<[unknown, string]>([
    [
      { room: onconnection },
      '"endpoints" in ropeway.config.js is "room"; allowed is paths that begin with /',
    ],
    [{ "/a?b": onconnection }, '"endpoints" in ropeway.config.js is "/a?b"; allowed is paths'],
    [
      { "/room": "echo" },
      '"endpoints./room" in ropeway.config.js is "echo"; allowed is a function that takes',
    ],
    [
      { "/room": {} },
      '"endpoints./room.onconnection" in ropeway.config.js is missing; allowed is a function',
    ],
    [
      { "/room": { onconnection, maxPayLoad: 1 } },
      'the unknown key "endpoints./room.maxPayLoad", which is perhaps "maxPayload"; allowed are onconnection,',
    ],
    [
      { "/room": { onconnection, port: 1 } },
      'the unknown key "endpoints./room.port"; allowed are onconnection,',
    ],
    [[], '"endpoints" in ropeway.config.js is []; allowed is an object of handlers'],
  ])("refuses the endpoints %j", (endpoints, message) => {
    expect(() => resolve({}, { endpoints })).toThrow(message);
  });
});
