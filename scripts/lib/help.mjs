// Compiled from scripts/src/ by `npm run build`; do not edit.
// scripts/src/cli/command-line/help.ts
import { RETRIES, TIMEOUT_MS } from "./main.mjs";
import { PROFILES } from "./main.mjs";
import { BATCH_ORDER, EXIT, EXIT_WORDS, ONE_CHARGE } from "./main.mjs";
import { FLAG_NAMES, rule } from "./main.mjs";
import { commandLine } from "./main.mjs";
var WIDTH = 125;
function helpText(version) {
  const run = commandLine([]);
  return `async-media-workflow ${version}: one command makes a finished file from a payload.
${plainly(ONE_CHARGE)}

Usage: ${run} --model <id> --payload '<json>' [--download <dir>]
       ${run} --action <action> [--taskId <id>]

Examples (no key, no cost)
  ${run} --sandbox --model t2v --payload '{"prompt":"a lighthouse at dawn","aspectRatio":"16:9","duration":"5"}' --download out
  ${run} --action listModels
  ${run} --action describeModel --model t2v

Flags
${flagLines().join("\n")}

Environment
${wrapped(VARIABLES, 2).join("\n")}

Exit codes (a batch: that of the line to see to first, ${BATCH_ORDER.filter((code) => code !== EXIT.bug).join(", ")}; status FAILED with taskId null: it failed before there was a task)
${exitCodes().map((line) => `  ${line}`).join("\n")}`;
}
var VARIABLES = [
  `${PROFILES.map(({ keyVariable }) => keyVariable).join(", ")} (needed for live calls)`,
  ...PROFILES.map(({ urlVariable }) => urlVariable),
  `AIVIDEO_TIMEOUT_MS (${TIMEOUT_MS.fallback})`,
  `AIVIDEO_MAX_RETRIES (${RETRIES.fallback})`,
  "HTTPS_PROXY",
  "HTTP_PROXY",
  "NO_PROXY",
  "ASYNC_MEDIA_STATE_DIR"
].join(", ");
function flagLines() {
  const items = [];
  for (const name of FLAG_NAMES) {
    const { form, help } = rule(name);
    const last = items.at(-1);
    if (last?.help === help) last.names = `${last.names.replace(/ <.*/, "")}, --${name}`;
    else items.push({ names: `--${name}`, help });
    if (form !== void 0) items.at(-1).names += ` ${form}`;
  }
  const column = 27;
  return items.flatMap(({ names, help }) => {
    const [first, ...more] = wrapped(help, column);
    const head = `  ${names}`.padEnd(column - 1);
    return [`${head} ${first.trimStart()}`, ...more];
  });
}
function wrapped(text, indent) {
  const lines = [];
  for (const word of text.split(" ")) {
    const longer = lines.length === 0 ? void 0 : `${lines.at(-1)} ${word}`;
    if (longer !== void 0 && longer.length <= WIDTH) lines[lines.length - 1] = longer;
    else lines.push(" ".repeat(indent) + word);
  }
  return lines;
}
function exitCodes() {
  const lines = [""];
  for (const name of Object.keys(EXIT)) {
    const { means, next } = EXIT_WORDS[name];
    const isAlone = EXIT[name] === EXIT.stillRunning || EXIT[name] === EXIT.submitUnknown;
    const item = `${EXIT[name]} ${means}${isAlone ? `: ${plainly(next)}` : ""}`;
    const line = lines.at(-1);
    if (line === "" || !isAlone && line.length + item.length < WIDTH)
      lines[lines.length - 1] = `${line}${line === "" ? "" : "   "}${item}`;
    else lines.push(item);
  }
  return lines;
}
function plainly(text) {
  return text.replaceAll("`", "");
}
export {
  helpText
};
