// Reads calendar objects with ical.js, by the time zones that they bring: one JSON document a line comes in as {"text": ...}, its fields go out as another.
import crypto from "node:crypto";
import readline from "node:readline";
import ICAL from "ical.js";

const instant = (property) => property.getFirstValue().toJSDate().toISOString().replace(".000Z", "Z");
const attached = (property) => {
  const value = property.getFirstValue();
  return typeof value === "string" ? value : crypto.createHash("sha256").update(Buffer.from(value.value, "base64")).digest("hex");
};

for await (const line of readline.createInterface({ input: process.stdin })) {
  const calendar = new ICAL.Component(ICAL.parse(JSON.parse(line).text));
  ICAL.TimezoneService.reset();
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  const text = (component, name) => component.getFirstPropertyValue(name)?.toString() ?? "";
  const events = calendar.getAllSubcomponents("vevent").map((event) => ({
    uid: text(event, "uid"), sequence: event.getFirstPropertyValue("sequence") ?? 0, status: text(event, "status"), summary: text(event, "summary"),
    location: text(event, "location"), description: text(event, "description"), start: instant(event.getFirstProperty("dtstart")), end: instant(event.getFirstProperty("dtend")),
    organizer: text(event, "organizer"), attendees: event.getAllProperties("attendee").map((a) => `${a.getFirstValue()} ${a.getParameter("cn") ?? ""} ${a.getParameter("partstat") ?? ""}`),
    attachments: event.getAllProperties("attach").map(attached),
  }));
  console.log(JSON.stringify({ method: text(calendar, "method"), events }));
}
