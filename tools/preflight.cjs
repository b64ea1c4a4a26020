/*
 * What every npm script of this repository runs first: `node tools/preflight.cjs NAME [arguments]` looks whether this
 * Node and the installed packages will do, says what to do if not, and else runs `main(arguments)` of tools/NAME.ts
 * in the same process, so that a signal to the script reaches what it runs.
 *
 * Plain old JavaScript on purpose: a Node too old for the rest must still be able to read this file and its message.
 */
"use strict";

var fs = require("fs");
var path = require("path");

/* The oldest Node that runs TypeScript files as they are; the published package itself asks for less. */
var NODE_NEEDED = [22, 18];
/* Where the runtime package has a Node of its own, so that `npm ci` alone is the cure. */
var ARCHITECTURES_WITH_OWN_NODE = { x64: true, arm64: true };

function isOldNode(version) {
  var parts = version.replace(/^v/, "").split(".");
  var major = parseInt(parts[0], 10);
  return major < NODE_NEEDED[0] || (major === NODE_NEEDED[0] && parseInt(parts[1], 10) < NODE_NEEDED[1]);
}

/** The sentence that tells what is wrong and which command mends it; null if nothing is. */
function findProblem(facts) {
  var bringsOwnNode = facts.platform === "linux" && ARCHITECTURES_WITH_OWN_NODE[facts.arch] === true;
  if (isOldNode(facts.version)) {
    return (
      "Ropeway's scripts need Node " +
      NODE_NEEDED.join(".") +
      " or later; this is Node " +
      facts.version +
      " (" +
      facts.execPath +
      ").\n" +
      (bringsOwnNode
        ? "Run `npm ci`: it brings Node 24 for these scripts and leaves yours alone. Then start them by npm, as in `npm start`."
        : "Install Node 24 from https://nodejs.org, then run `npm ci`.")
    );
  }
  if (facts.wanted === null) return "package-lock.json is missing here: " + facts.root;
  if (facts.installed === null) return "The dependencies are not installed. Run `npm ci`.";
  var stale = findStalePackage(facts.wanted, facts.installed);
  return stale === null
    ? null
    : "The installed packages are not those of package-lock.json (" + stale + "). Run `npm ci`.";
}

/** The first package whose installed version differs from the locked one, in words; null if there is none. */
function findStalePackage(wanted, installed) {
  var names = Object.keys(wanted.packages || {});
  var have = installed.packages || {};
  for (var i = 0; i < names.length; i++) {
    var name = names[i];
    var lock = wanted.packages[name];
    if (name.indexOf("node_modules/") !== 0 || lock.link) continue;
    if (!have[name]) {
      /* Optional ones are for other platforms, or could not be installed here. */
      if (!lock.optional) return name.slice("node_modules/".length) + " is missing";
    } else if (have[name].version !== lock.version) {
      return name.slice("node_modules/".length) + " is " + have[name].version + ", not " + lock.version;
    }
  }
  return null;
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch (error) {
    return null;
  }
}

function main() {
  var root = path.dirname(__dirname);
  var problem = findProblem({
    version: process.version,
    execPath: process.execPath,
    platform: process.platform,
    arch: process.arch,
    root: root,
    wanted: readJson(path.join(root, "package-lock.json")),
    installed: readJson(path.join(root, "node_modules", ".package-lock.json"))
  });
  if (problem !== null) {
    console.error(problem);
    process.exit(1);
  }
  var name = process.argv[2];
  if (!name) return;
  process.chdir(root);
  /* npm has done this already, unless a person started this file without it. */
  process.env.PATH = path.join(root, "node_modules", ".bin") + path.delimiter + process.env.PATH;
  require(path.join(__dirname, name + ".ts"))
    .main(process.argv.slice(3))
    .then(function (code) {
      if (typeof code === "number") process.exitCode = code;
    })
    .catch(function (error) {
      console.error(error);
      process.exitCode = 1;
    });
}

exports.findProblem = findProblem;
if (require.main === module) main();
