// Holds recorded answers against the contract with a full JSON Schema 2020-12 validator. Arguments: contract, answers.
import fs from "node:fs";
import Ajv from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { parse } from "yaml";

const [contractPath, answersPath] = process.argv.slice(2);
const contract = parse(fs.readFileSync(contractPath, "utf8"));
const ajv = new Ajv({ strict: false, allErrors: true });
formats.default ? formats.default(ajv) : formats(ajv);
ajv.addSchema({ $id: "contract", ...contract });

const routes = Object.entries(contract.paths).flatMap(([template, item]) =>
  Object.entries(item).filter(([verb]) => ["get", "post", "put", "patch", "delete"].includes(verb)).map(([verb, operation]) => ({
    verb: verb.toUpperCase(), template, operation,
    pattern: new RegExp("^" + template.replace(/[.]/g, "\\.").replace(/\{[^}]+\}/g, "[^/]+") + "$"),
    literal: template.replace(/\{[^}]+\}/g, "").length,
  }))).sort((a, b) => b.literal - a.literal);
const resolve = (node) => (node?.$ref ? node.$ref.slice(2).split("/").reduce((at, key) => at[key.replace(/~1/g, "/")], contract) : node);
const pointer = (schema) => (schema.$ref ? ajv.compile({ $ref: "contract" + schema.$ref }) : ajv.compile({ ...schema, $id: undefined }));
const compiled = new Map();
let checked = 0;
const wrong = [];
for (const { Method, Path, Status, MediaType, Body } of JSON.parse(fs.readFileSync(answersPath, "utf8"))) {
  const route = routes.find((r) => r.verb === Method && r.pattern.test(Path));
  if (!route || !Body || Method === "HEAD") continue;
  const response = resolve(route.operation.responses[Status]);
  const schema = response?.content?.[MediaType]?.schema;
  if (!schema) {
    wrong.push(`${Method} ${route.template} ${Status} ${MediaType} is not in the contract`);
    continue;
  }
  const name = JSON.stringify(schema);
  if (!compiled.has(name)) compiled.set(name, pointer(schema));
  const validate = compiled.get(name);
  checked++;
  if (!validate(JSON.parse(Body))) wrong.push(`${Method} ${route.template} ${Status}: ${ajv.errorsText(validate.errors)}`);
}
for (const line of new Set(wrong)) console.error(line);
console.log(`${checked} answers checked, ${wrong.length} wrong`);
process.exitCode = wrong.length || checked < 100 ? 1 : 0;
