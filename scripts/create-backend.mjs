// Compiled from scripts/src/ by `npm run build`; do not edit.
const require = (name) => process.getBuiltinModule(name);
// scripts/src/create-backend.ts
const fs = require("node:fs");
const path = require("node:path");
const { parseArgs } = require("node:util");
import { quoteWord } from "./lib/main.mjs";
import { skillFolder } from "./lib/main.mjs";
var USAGE = `Usage: node scripts/create-backend.mjs <folder>

Copies the backend of this skill into an empty or new folder: HTTP API, page and workers, with
the client library, the sandbox and the contracts in its vendor/. Installs and starts nothing.
Exit code 0: copied. 2: not copied, and the folder is as it was.`;
var Refusal = class extends Error {
};
var MADE_THERE = ["node_modules", "dist", "data", "vendor", "coverage"];
var IGNORED = `${MADE_THERE.filter((name) => name !== "vendor").map((name) => `${name}/`).join("\n")}
.env
`;
var BACKEND = "assets/backend";
var SHARED = ["contracts", "scripts/client.mjs", "scripts/client.d.mts", "scripts/lib"];
function realPath(file) {
  if (fs.existsSync(file)) return fs.realpathSync(file);
  const parent = path.dirname(file);
  return parent === file ? file : path.join(realPath(parent), path.basename(file));
}
function checkTarget(wanted, skill) {
  const target = realPath(path.resolve(wanted));
  const inside = path.relative(fs.realpathSync(skill), target);
  if (inside === "" || !inside.startsWith(`..${path.sep}`) && inside !== ".." && inside !== target)
    throw new Refusal(
      `${quoteWord(target)} lies in the skill's own folder, which an update replaces. Name a folder of your project.`
    );
  if (!fs.existsSync(target)) return target;
  if (!fs.statSync(target).isDirectory())
    throw new Refusal(`${quoteWord(target)} is a file. Name a folder that is new or empty.`);
  const [first] = fs.readdirSync(target);
  if (first !== void 0)
    throw new Refusal(
      `${quoteWord(target)} is not empty: it holds ${quoteWord(first)}. Nothing is overwritten; name a folder that is new or empty.`
    );
  return target;
}
function copyTo(target, skill) {
  const made = fs.mkdirSync(target, { recursive: true });
  const copy = (from, to) => fs.cpSync(path.join(skill, from), path.join(target, to), {
    recursive: true,
    errorOnExist: true,
    force: false
  });
  try {
    for (const name of fs.readdirSync(path.join(skill, BACKEND)))
      if (!MADE_THERE.includes(name) && !name.startsWith(".")) copy(path.join(BACKEND, name), name);
    for (const name of SHARED) copy(name, path.join("vendor", name));
    fs.writeFileSync(path.join(target, ".gitignore"), IGNORED, { flag: "wx" });
  } catch (error) {
    const copied = fs.readdirSync(target).map((name) => path.join(target, name));
    for (const one of made === void 0 ? copied : [made]) fs.rmSync(one, { recursive: true, force: true });
    throw error;
  }
  return fs.readdirSync(target, { recursive: true }).filter(
    (name) => fs.statSync(path.join(target, name)).isFile()
  ).length;
}
var HINTS = {
  EACCES: "This user may not write there. Name another folder, or change its permissions.",
  EPERM: "This user may not write there. Name another folder, or change its permissions.",
  EROFS: "That disk is read-only. Name another folder.",
  ENOSPC: "That disk is full. Free some space, or name another folder.",
  ENOTDIR: "A part of that path is a file. Name another folder."
};
function nextSteps(target, count, skill) {
  const file = path.join(skill, BACKEND, "package.json");
  const { engines } = JSON.parse(fs.readFileSync(file, "utf8"));
  const needed = engines.node.replace(">=", "");
  const { node } = process.versions;
  const isOlder = node.localeCompare(needed, void 0, { numeric: true }) < 0;
  const note = isOlder ? `
The backend needs Node ${needed} or newer; this is ${node}. The last command fetches one.
` : "";
  const fetched = `npx -y -p node@${needed.split(".")[0]} -c "npm run build && node dist/main.js"`;
  return `Copied the backend to ${quoteWord(target)}: ${count} files.
${note}
Next:
  cd ${quoteWord(target)}
  npm install
  ${isOlder ? fetched : "npm start"}

Then open http://127.0.0.1:8080. It runs with an embedded database, sandbox services that charge
nothing, and a demo user. README.md there says how it works, what to change first, and how to
run it with your keys, PostgreSQL and S3.
`;
}
function main(argv) {
  const { values, positionals } = parseArgs({
    args: argv,
    options: { help: { type: "boolean", short: "h", default: false } },
    allowPositionals: true
  });
  if (values.help) return void process.stdout.write(`${USAGE}
`);
  const [wanted, ...more] = positionals;
  if (wanted === void 0 || wanted === "" || more.length > 0)
    throw new Refusal(
      `${wanted === void 0 ? "Name the folder" : "Name one folder"} for the backend.

${USAGE}`
    );
  const skill = skillFolder();
  const target = checkTarget(wanted, skill);
  process.stdout.write(nextSteps(target, copyTo(target, skill), skill));
}
try {
  main(process.argv.slice(2));
} catch (error) {
  const { code = "", message } = error;
  const isUsage = code.startsWith("ERR_PARSE_ARGS");
  const hint = HINTS[code];
  const text = isUsage ? `${message}

${USAGE}` : hint === void 0 ? message : `${message}. ${hint}`;
  process.stderr.write(`${error instanceof Refusal || isUsage ? "" : "Nothing was copied: "}${text}
`);
  process.exitCode = 2;
}
