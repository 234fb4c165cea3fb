// Registers one person for an event. The types come from the contract:
//   npx openapi-typescript ../openapi.yaml -o contract.d.ts && npx tsc --strict --module nodenext --target es2022 register.ts
//   ISA_EVENTS_URL=http://localhost:5080 ISA_EVENTS_KEY=isa_ptn_… node register.js isa-plenary
import type { components, operations } from "./contract.js";

type Person = components["schemas"]["RegistrationRequest"];
type Registration = components["schemas"]["Registration"];
type Problem = components["schemas"]["Problem"];
type Created = operations["RegisterForEvent"]["responses"][201]["content"]["application/json"];

const server = process.env.ISA_EVENTS_URL ?? "http://localhost:5080";
const key = process.env.ISA_EVENTS_KEY ?? "";

/** Registers, and asks again with the same Idempotency-Key after a time-out or a busy server: the person is registered once. */
async function register(event: string, person: Person, tries = 4): Promise<Registration | Problem> {
  const idempotencyKey = crypto.randomUUID();
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(`${server}/v1/events/${encodeURIComponent(event)}/registrations`, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          Authorization: `Bearer ${key}`,
          "Idempotency-Key": idempotencyKey,
          "Accept-Language": person.language ?? "en",
        },
        body: JSON.stringify(person),
        signal: AbortSignal.timeout(3000),
      });
      if (response.status === 201) return (await response.json()) as Created;
      if ((response.status !== 429 && response.status < 500) || attempt === tries) return (await response.json()) as Problem;
      await pause(Number(response.headers.get("Retry-After") ?? "1"));
    } catch (error) {
      if (attempt === tries) throw error;
      await pause(1);
    }
  }
}

const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, Math.min(seconds, 10) * 1000));

const answer = await register(process.argv[2] ?? "isa-plenary", {
  siteId: "zoom",
  fullName: "王小明",
  romanizedName: "Wang Xiaoming",
  email: `wang.${Date.now()}@foshan.example`,
  language: "zh",
  timeZone: "Asia/Shanghai",
  audience: "cityRepresentative",
  noticeVersion: "1",
});

if ("code" in answer) {
  console.error(answer.detail);
  for (const error of answer.errors ?? []) console.error(`${error.field}: ${error.detail}`);
  process.exitCode = 2;
} else {
  console.log(answer.reference);
  console.log(`invite ${answer.links?.invite}`);
  console.log(`manage ${answer.links?.manage}`);
}
