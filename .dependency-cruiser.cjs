/** The walls of docs/architecture.md: one row a folder, naming what it may import besides itself. */
const layers = {
  errors: [],
  schema: ["errors"],
  stats: ["errors", "schema"],
  extract: ["schema", "errors"],
  views: ["extract", "schema", "errors"],
  config: ["schema", "errors"],
  probes: ["extract", "schema", "errors"],
  importers: ["schema", "errors"],
  providers: ["schema", "errors"],
  store: ["schema", "errors"],
  sampling: ["providers", "store", "probes", "schema", "errors"],
  analysis: ["views", "extract", "stats", "schema", "errors"],
  workers: ["analysis", "schema", "errors"],
  canary: ["extract", "stats", "schema", "errors"],
  report: ["schema", "errors"],
  bundle: ["store", "schema", "errors"],
  access: ["canary", "config", "store", "stats", "schema", "errors"],
  zoo: ["schema", "errors"],
  cli: [
    "extract", "config", "probes", "importers", "providers", "store", "sampling", "analysis", "workers", "canary",
    "report", "bundle", "access", "zoo", "schema", "errors",
  ],
};
const at = (name) => `^src/${name}(/|[.]ts$)`;
const pure = ["errors", "schema", "stats", "extract", "views", "analysis", "canary", "report"].map(at);
module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", comment: "A cycle hides which file owns an idea.", from: {}, to: { circular: true } },
    {
      name: "folder-not-in-the-table", severity: "error", comment: "Add the folder to the table in docs/architecture.md and here.",
      from: {}, to: { path: "^src/", pathNot: [...Object.keys(layers).map(at), "^src/index[.]ts$"] },
    },
    ...Object.entries(layers).map(([name, allowed]) => ({
      name: `${name}-layer`, severity: "error", comment: `src/${name} may import only: ${allowed.join(", ") || "nothing"}.`,
      from: { path: at(name) }, to: { path: "^src/", pathNot: [name, ...allowed].map(at) },
    })),
    {
      name: "pure-folders-do-no-io", severity: "error", comment: "Numbers must be recomputable from what is on disk alone.",
      from: { path: pure }, to: { dependencyTypes: ["core"] },
    },
    {
      name: "sdks-only-in-providers", severity: "error", comment: "One place decides what goes on the wire.",
      from: { pathNot: at("providers") }, to: { path: "node_modules/(openai|@anthropic-ai)/" },
    },
    {
      name: "duckdb-only-in-access", severity: "error", comment: "A native module that nothing else may cost its start.",
      from: { path: "^src/", pathNot: at("access") }, to: { path: "node_modules/@duckdb/" },
    },
    {
      name: "threads-only-in-workers", severity: "error", comment: "Analysis takes a map executor instead.",
      from: { path: "^src/", pathNot: at("workers") }, to: { path: "^(node:)?worker_threads$" },
    },
  ],
  options: { tsPreCompilationDeps: true, tsConfig: { fileName: "tsconfig.json" }, doNotFollow: { path: "node_modules" } },
};
