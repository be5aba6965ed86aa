import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import ts from "typescript";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/** Every name of the public library as the compiler sees it, with its docstring and whether it exists at run time. */
function publicNames(): { name: string; docstring: string; isValue: boolean }[] {
  const file = join(root, "src/index.ts");
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram([file], options);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error("src/index.ts is not a module");
  return checker.getExportsOfModule(module).map((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    return {
      name: exported.name,
      docstring: ts.displayPartsToString(symbol.getDocumentationComment(checker)),
      isValue: (symbol.flags & ts.SymbolFlags.Value) !== 0,
    };
  });
}

const names = publicNames();

test("every public name has a docstring", () => {
  expect(names.filter(({ docstring }) => docstring.trim() === "").map(({ name }) => name)).toEqual([]);
});

test('the built package gives exactly these names to `import ... from "congener"`', async () => {
  const script = 'import * as congener from "congener"; console.log(JSON.stringify(Object.keys(congener)));';
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
    cwd: root,
  });
  const values = names.filter(({ isValue }) => isValue).map(({ name }) => name);
  expect((JSON.parse(stdout) as string[]).sort()).toEqual(values.sort());
});
